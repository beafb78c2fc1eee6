/**
 * The last good answers of this customer, so that pages stay readable without a network. They live in memory and, over a
 * reload, in the tab's session storage; they are forgotten when the customer signs out or is another one. So is the number
 * of the last change heard of, from where a page that is loaded anew goes on.
 */
import { computed, reactive, ref } from 'vue'

const STORED_AS = 'cardquest.kept'
const SEEN_AS = 'cardquest.seen'
const AT_MOST = 40
const WRITE_MS = 500

interface Kept {
  at: number
  body: unknown
}

function stored(): { owner: string; answers: [string, Kept][] } {
  try {
    return JSON.parse(sessionStorage.getItem(STORED_AS) ?? '') as ReturnType<typeof stored>
  } catch {
    return { owner: '', answers: [] }
  }
}

const before = stored()
let owner = before.owner
const answers = new Map(before.answers)
const shownLate = reactive(new Map<string, number>())
const lastGood = ref<number | null>(null)
let timer: ReturnType<typeof setTimeout> | undefined

/** No answer has come through lately, or the phone says that it has no network. */
export const offline = ref(!navigator.onLine)
/** From when the oldest of what is on show is. */
export const asOf = computed(() => (shownLate.size ? Math.min(...shownLate.values()) : lastGood.value))

window.addEventListener('offline', () => (offline.value = true))
window.addEventListener('online', () => (offline.value = false))

function write(): void {
  timer = undefined
  try {
    sessionStorage.setItem(STORED_AS, JSON.stringify({ owner, answers: [...answers] }))
  } catch {
    sessionStorage.removeItem(STORED_AS) // full: memory has to do
  }
}

export function keep(url: string, body: unknown, now: number): void {
  offline.value = !navigator.onLine // what was still under way may arrive after the network has gone
  lastGood.value = now
  shownLate.delete(url)
  answers.delete(url)
  answers.set(url, { at: now, body })
  for (const oldest of answers.keys()) {
    if (answers.size <= AT_MOST) break
    answers.delete(oldest)
  }
  timer ??= setTimeout(write, WRITE_MS)
}

/** The last good answer where there is one; it is then on show, and told by `asOf`. */
export function recall(url: string): { body: unknown } | null {
  offline.value = true
  const found = answers.get(url)
  if (!found) return null
  shownLate.set(url, found.at)
  return found
}

/** Another page is on show now. */
export const leavePage = (): void => shownLate.clear()

export function forget(): void {
  clearTimeout(timer)
  timer = undefined
  owner = ''
  answers.clear()
  shownLate.clear()
  sessionStorage.removeItem(STORED_AS)
  sessionStorage.removeItem(SEEN_AS)
}

export const seen = (): string | null => sessionStorage.getItem(SEEN_AS)

export function see(change: string): void {
  if (change) sessionStorage.setItem(SEEN_AS, change)
}

/** Says whose answers these are; another customer's are forgotten. */
export function belongTo(customer: string): void {
  if (owner && owner !== customer) forget()
  owner = customer
  timer ??= setTimeout(write, WRITE_MS)
}
