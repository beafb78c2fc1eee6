/** Reads the one-time ticket of the bank's app and takes it out of the address, history included. */
import type { Credentials } from './api/sessions'

export function takeCredentials(): Credentials | null {
  const { hash, pathname } = window.location
  const ticket = new URLSearchParams(hash.slice(1)).get('ticket')
  if (!ticket || !pathname.endsWith('/sign-in')) return null
  window.history.replaceState(null, '', pathname)
  return { channel: 'bank_app', ticket }
}
