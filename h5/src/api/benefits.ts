import { get, post, type Page } from './client'

export type GrantState = 'issuing' | 'granted' | 'redeeming' | 'redeemed' | 'expired' | 'voided' | 'failed'

export interface BenefitGrant {
  grant_id: string
  benefit: string
  name: string
  kind: string
  state: GrantState
  face_value_fen: number
  granted_at: string
  valid_until: string
  /** What took its place when its supplier exited. */
  substitute_id: string | null
}

export interface Redemption {
  grant: BenefitGrant
  code: string | null
  how_to_use: string
}

export interface MallBenefit {
  benefit: string
  name: string
  kind: string
  supplier: string
  face_value_fen: number
  how_to_use: string
  valid_days: number | null
  valid_until: string | null
  sold_out: boolean
  exchange: { experience: number; exchanged: number; per_person: number | null } | null
  ways: { kind: 'task' | 'level'; target: string; name: string }[]
}

export interface Mall extends Page<MallBenefit> {
  /** What this customer can spend. */
  experience: number
}

export interface Exchanged {
  exchange_id: string
  benefit: string
  experience: number
  grant: BenefitGrant
}

export const fetchBenefitGrants = (cursor?: string | null): Promise<Page<BenefitGrant>> =>
  get('/benefit-grants', { cursor, limit: 20 })
export const redeemBenefit = (id: string): Promise<Redemption> =>
  post(`/benefit-grants/${encodeURIComponent(id)}/redemption`)
export const fetchMall = (cursor?: string | null): Promise<Mall> => get('/benefits', { cursor, limit: 50 })
/** The same `key` always means the same exchange: repeat freely until an answer comes. */
export const exchangeBenefit = (benefit: string, key: string): Promise<Exchanged> =>
  post(`/benefits/${encodeURIComponent(benefit)}/exchanges`, undefined, { headers: { 'Idempotency-Key': key } })
