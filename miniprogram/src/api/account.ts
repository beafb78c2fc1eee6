/** Who the customer is, their benefits and messages, and what changed. */
import type { components } from '../../openapi'
import { adopt } from '@/state/session'
import { call } from './client'
import type { Changes, Consent, Me, Redemption } from './schema'

type Schemas = components['schemas']

export const fetchMe = (): Promise<Me> => call('get', '/api/v1/me', {})

export const sendBindingCode = (phone: string): Promise<unknown> =>
  call('post', '/api/v1/binding-codes', { body: { phone } })

/** The phone is proven by WeChat's code or by ours; the session goes on as the card's holder. */
export async function bindCard(body: Schemas['NewBinding']): Promise<Me> {
  return adopt(await call('post', '/api/v1/bindings', { body }))
}

export const fetchGrants = (cursor: string | null): Promise<Schemas['BenefitGrantPage']> =>
  call('get', '/api/v1/benefit-grants', { query: { cursor, limit: 20 } })

export const redeem = (grant_id: string): Promise<Redemption> =>
  call('post', '/api/v1/benefit-grants/{grant_id}/redemption', { path: { grant_id } })

export const fetchMessages = (cursor: string | null, limit = 20): Promise<Schemas['MessagePage']> =>
  call('get', '/api/v1/messages', { query: { cursor, limit } })

export const markRead = (message_id: string): Promise<unknown> =>
  call('post', '/api/v1/messages/{message_id}/read', { path: { message_id } })

export const markAllRead = (): Promise<unknown> => call('post', '/api/v1/messages/read', {})

export async function fetchConsents(): Promise<Consent[]> {
  return (await call('get', '/api/v1/consents', {})).items
}

export const putConsent = (purpose: Consent['purpose'], granted: boolean): Promise<Consent> =>
  call('put', '/api/v1/consents/{purpose}', { path: { purpose }, body: { granted } })

export const fetchChanges = (after: string | null): Promise<Changes> =>
  call('get', '/api/v1/changes', { query: after === null ? {} : { after: Number(after) } })
