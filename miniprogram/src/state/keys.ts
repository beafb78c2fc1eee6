/** One key for one wish of the customer, kept until the platform has answered it, however often it is tapped. */
import { asProblem } from '@h5/api/problem'
import { currentCustomer } from './session'

const STORED_AS = 'cardquest.claims'
const KEY_BYTES = 16

const underWay = new Map<string, Promise<unknown>>()

const unanswered = (): Record<string, string> => (wx.getStorageSync(STORED_AS) as Record<string, string>) || {}

function remember(wish: string, key: string | null): void {
  const keys = unanswered()
  if (key) keys[wish] = key
  else delete keys[wish]
  wx.setStorageSync(STORED_AS, keys)
}

async function newKey(): Promise<string> {
  const { randomValues } = await wx.getRandomValues({ length: KEY_BYTES })
  return Array.from(new Uint8Array(randomValues), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function run<T>(wish: string, send: (key: string) => Promise<T>): Promise<T> {
  const key = unanswered()[wish] ?? (await newKey())
  remember(wish, key)
  try {
    const answer = await send(key)
    remember(wish, null)
    return answer
  } catch (error) {
    const problem = asProblem(error)
    if (!problem.outcomeUnknown) remember(wish, null)
    throw problem
  }
}

/** A second call while the first is under way is the first one. Throws a Problem. */
export function once<T>(name: string, send: (key: string) => Promise<T>): Promise<T> {
  const wish = `${currentCustomer()} ${name}`
  const before = underWay.get(wish) as Promise<T> | undefined
  if (before) return before
  const now = run(wish, send).finally(() => underWay.delete(wish))
  underWay.set(wish, now)
  return now
}
