/**
 * What changed for this customer, asked for while the mini-program is on the screen: it cannot hold a stream open.
 * Nothing is asked of who has not agreed to the privacy policy.
 */
import { fetchChanges } from '@/api/account'
import type { Changes } from '@/api/schema'
import { currentCustomer, isAgreed } from './session'

export type Change = Changes['items'][number]
type Listener = (changes: Change[]) => void

const EVERY_MS = 5_000
const LONGEST_MS = 30_000

const listeners = new Set<Listener>()
/** The asking that is going on; another start is another one. */
let turn: { timer?: ReturnType<typeof setTimeout> } | null = null
let failures = 0
/** How far has been heard, and of whom: binding a card makes it another customer. */
let heard: { customer: string; last: string } | null = null

/** Asks once and tells the listeners. Throws a Problem. */
export async function poll(): Promise<void> {
  const customer = currentCustomer()
  const after = heard?.customer === customer ? heard.last : null
  const { items, last } = await fetchChanges(after)
  if (customer !== '' && customer !== currentCustomer()) return
  heard = { customer: currentCustomer(), last }
  if (items.length) for (const listener of [...listeners]) listener(items)
}

async function ask(mine: NonNullable<typeof turn>): Promise<void> {
  try {
    if (isAgreed()) await poll()
    failures = 0
  } catch {
    failures++ // the pages say themselves that the platform does not answer
  }
  const wait = Math.min(EVERY_MS * 2 ** failures, LONGEST_MS)
  if (turn === mine) mine.timer = setTimeout(() => void ask(mine), wait)
}

export function start(): void {
  if (turn) return
  turn = {}
  void ask(turn)
}

export function stop(): void {
  if (turn?.timer) clearTimeout(turn.timer)
  turn = null
}

/** Hears of events whose name begins with one of `prefixes`; answers how to stop hearing. */
export function listen(prefixes: string[], hear: Listener): () => void {
  const listener: Listener = (changes) => {
    const ours = changes.filter(({ event }) => prefixes.some((prefix) => event.startsWith(prefix)))
    if (ours.length) hear(ours)
  }
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
