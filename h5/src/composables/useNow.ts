import { onScopeDispose, ref, type Ref } from 'vue'

/** The present in milliseconds, moving twice a minute unless told otherwise: enough for deadlines told in minutes. */
export function useNow(everyMs = 30_000): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), everyMs)
  onScopeDispose(() => clearInterval(timer))
  return now
}
