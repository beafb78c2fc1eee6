import { onScopeDispose, ref, type Ref } from 'vue'

/** The present in milliseconds, moving twice a minute: enough for deadlines told in minutes. */
export function useNow(): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), 30_000)
  onScopeDispose(() => clearInterval(timer))
  return now
}
