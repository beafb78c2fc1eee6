import { onScopeDispose, ref, type Ref } from 'vue'
import { serverNow } from '@/serverTime'

/** The present by the server's clock, in milliseconds, moving twice a minute unless told otherwise: enough for deadlines told in minutes. */
export function useNow(everyMs = 30_000): Ref<number> {
  const now = ref(serverNow())
  const timer = setInterval(() => (now.value = serverNow()), everyMs)
  onScopeDispose(() => clearInterval(timer))
  return now
}
