import { get, post, type Page } from './client'

export type GrantState = 'granted' | 'redeemed' | 'expired' | 'voided'

export interface BenefitGrant {
  grant_id: string
  benefit: string
  name: string
  kind: string
  state: GrantState
  face_value_fen: number
  granted_at: string
  valid_until: string
}

export interface Redemption {
  grant: BenefitGrant
  code: string | null
  how_to_use: string
}

export const fetchBenefitGrants = (cursor?: string | null): Promise<Page<BenefitGrant>> =>
  get('/benefit-grants', { cursor, limit: 20 })
export const redeemBenefit = (id: string): Promise<Redemption> =>
  post(`/benefit-grants/${encodeURIComponent(id)}/redemption`)
