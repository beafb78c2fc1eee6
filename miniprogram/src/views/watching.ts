/** A page hears of changes while it is the one on show. */
import { listen } from '@/state/live'

const stops = new WeakMap<object, () => void>()

export function unwatch(page: object): void {
  stops.get(page)?.()
  stops.delete(page)
}

export function watch(page: object, prefixes: string[], hear: () => void): void {
  unwatch(page)
  stops.set(page, listen(prefixes, hear))
}
