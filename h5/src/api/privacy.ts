import { get, hrefOf, post, put, remove } from './client'

export interface Consent {
  purpose: 'privacy' | 'marketing.sms' | 'marketing.wechat' | 'marketing.push' | 'personalisation'
  title: string
  text: string
  document_version: string
  granted: boolean
  since: string | null
  outdated: boolean
}

export interface BoundIdentity {
  identity_id: string
  channel: 'wechat_mini' | 'wechat_h5'
  name: string
  bound_at: string
  current: boolean
}

export interface DataExport {
  export_id: string
  state: 'waiting' | 'ready' | 'expired'
  requested_at: string
  ready_at: string | null
  expires_at: string | null
  bytes: number | null
}

export interface AccountDeletion {
  state: 'none' | 'cooling'
  requested_at: string | null
  due_at: string | null
  running_loans: number
  losses: { kind: 'experience' | 'coupon' | 'benefit' | 'task'; name: string; amount: number }[]
}

export const fetchConsents = (): Promise<{ items: Consent[] }> => get('/consents')
export const decideConsent = (purpose: Consent['purpose'], granted: boolean): Promise<Consent> =>
  put(`/consents/${purpose}`, { granted })

export const fetchIdentities = (): Promise<{ items: BoundIdentity[] }> => get('/identities')
export const unbindIdentity = (id: string): Promise<void> => remove(`/identities/${id}`)

export const fetchExports = (): Promise<{ items: DataExport[] }> => get('/data-exports')
export const askForExport = (): Promise<DataExport> => post('/data-exports')
export const exportHref = (id: string): string => hrefOf(`/data-exports/${id}/file`)

export const fetchDeletion = (): Promise<AccountDeletion> => get('/account-deletion')
export const askForDeletion = (): Promise<AccountDeletion> => post('/account-deletion', { confirm: '注销' })
export const cancelDeletion = (): Promise<void> => remove('/account-deletion')
