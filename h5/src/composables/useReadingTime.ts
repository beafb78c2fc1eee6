import { onScopeDispose, ref, watch, type Ref } from 'vue'

const TICK_MS = 250

/** Whole seconds for which `open` was true and the page was really in front; starts anew at every opening. */
export function useReadingTime(open: Ref<boolean>): Ref<number> {
  const seconds = ref(0)
  let read = 0
  let last = 0
  let timer: ReturnType<typeof setInterval> | undefined

  function tick(): void {
    const now = performance.now()
    // A frozen page wakes with one huge step: time in which nobody could read.
    if (document.visibilityState === 'visible') read += Math.min(now - last, 2 * TICK_MS)
    last = now
    seconds.value = Math.floor(read / 1000)
  }

  watch(
    open,
    (isOpen) => {
      clearInterval(timer)
      if (!isOpen) return
      read = 0
      seconds.value = 0
      last = performance.now()
      timer = setInterval(tick, TICK_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => clearInterval(timer))
  return seconds
}
