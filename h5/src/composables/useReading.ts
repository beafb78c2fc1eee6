import { useNotices } from '@/stores/notices'
import { useAction } from './useAction'

/**
 * Reading what a page shows. With something already on show (`shown`) a failure is only a notice;
 * else the page puts `problem` where the content would be.
 */
export function useReading(work: () => Promise<unknown>, shown: () => boolean): ReturnType<typeof useAction<[]>> {
  const notices = useNotices()
  const { busy, problem, run } = useAction(work)

  async function read(): Promise<void> {
    await run()
    if (problem.value && shown()) notices.fail('没有刷新成功', problem.value)
  }
  return { busy, problem, run: read }
}
