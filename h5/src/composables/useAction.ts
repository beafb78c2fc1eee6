import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { asProblem, type Problem } from '@/api/problem'

interface Action<A extends unknown[]> {
  busy: Ref<boolean>
  problem: ShallowRef<Problem | null>
  run: (...args: A) => Promise<void>
}

/** Work started by a tap or a page: runs once at a time (a second tap is ignored) and keeps its Problem. */
export function useAction<A extends unknown[]>(work: (...args: A) => Promise<unknown>): Action<A> {
  const busy = ref(false)
  const problem = shallowRef<Problem | null>(null)

  async function run(...args: A): Promise<void> {
    if (busy.value) return
    busy.value = true
    try {
      await work(...args)
      problem.value = null
    } catch (error) {
      problem.value = asProblem(error)
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, run }
}
