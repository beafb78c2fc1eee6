/** A name this page made up for the phone it is on, so that many accounts on one phone can be told from many phones. */
import { newKey } from '@/api/key'

const STORED_AS = 'cardquest.device'
let known = ''

/** The same until the browser forgets what it stored; in a browser that stores nothing, until the page is closed. */
export function deviceId(): string {
  if (known) return known
  try {
    known = localStorage.getItem(STORED_AS) ?? newKey()
    localStorage.setItem(STORED_AS, known)
  } catch {
    known ||= newKey()
  }
  return known
}
