/** Reads what the bank's app or WeChat sent along, and takes it out of the address, history included. */
import type { Credentials } from './api/sessions'

export function takeCredentials(): Credentials | null {
  const { hash, search, pathname } = window.location
  if (!pathname.endsWith('/sign-in')) return null
  const ticket = new URLSearchParams(hash.slice(1)).get('ticket')
  const query = new URLSearchParams(search)
  const [code, state] = [query.get('code'), query.get('state')]
  if (ticket || code || state) window.history.replaceState(null, '', pathname)
  if (ticket) return { channel: 'bank_app', ticket }
  return code && state ? { channel: 'wechat_h5', code, state } : null
}
