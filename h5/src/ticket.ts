/** Reads the one-time credentials of the address and takes them out of it, history included. */
import type { Credentials } from './api/sessions'

export function takeCredentials(): Credentials | null {
  const { hash, search, pathname } = window.location
  if (!pathname.endsWith('/sign-in')) return null
  const ticket = new URLSearchParams(hash.slice(1)).get('ticket')
  const query = new URLSearchParams(search)
  const code = query.get('code')
  const state = query.get('state')
  if (!ticket && !code) return null
  window.history.replaceState(null, '', pathname)
  if (ticket) return { channel: 'bank_app', ticket }
  return { channel: 'wechat_h5', code: code ?? '', state: state ?? '' }
}
