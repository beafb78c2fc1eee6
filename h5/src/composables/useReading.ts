import { watch } from 'vue'
import { useLive } from '@/stores/live'
import { useNotices } from '@/stores/notices'
import { useAction } from './useAction'

type Reading = ReturnType<typeof useAction<[]>>

/** More of what is already on show: a failure is only a notice. */
export function useMore(work: () => Promise<unknown>): Reading {
  return useReadingUnlessShown(work, () => true)
}

/**
 * What a page shows. Read again when the event stream comes back after a gap. With something already
 * `shown` a failure is only a notice; else the page puts `problem` where the content would be.
 */
export function useReading(work: () => Promise<unknown>, shown: () => boolean): Reading {
  const live = useLive()
  const reading = useReadingUnlessShown(work, shown)
  watch(() => live.resumed, reading.run)
  return reading
}

function useReadingUnlessShown(work: () => Promise<unknown>, shown: () => boolean): Reading {
  const notices = useNotices()
  const { busy, problem, run } = useAction(work)

  async function read(): Promise<void> {
    await run()
    if (problem.value && shown()) notices.fail('没有刷新成功', problem.value)
  }
  return { busy, problem, run: read }
}
