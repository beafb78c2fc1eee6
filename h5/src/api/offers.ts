import { get, post, type Page } from './client'
import type { Coupon, CouponKind, CouponValue } from './coupons'

export type OfferState = 'open' | 'upcoming' | 'claimed' | 'out_today' | 'out'

export interface Offer {
  template: string
  name: string
  kind: CouponKind
  value: CouponValue
  use_rules: string[]
  validity: string
  state: OfferState
  claimable: boolean
  reason: string | null
  left: 'plenty' | 'few' | 'none'
  held: number
  per_person: number | null
  opens_in_seconds: number | null
  reminder: 'none' | 'possible' | 'set'
}

export const fetchOffers = (cursor?: string | null): Promise<Page<Offer>> =>
  get('/coupon-offers', { cursor, limit: 50 })
export const askOpening = (template: string): Promise<unknown> =>
  post(`/coupon-offers/${encodeURIComponent(template)}/reminder`)
/** The same `key` always means the same coupon: repeat freely until an answer comes. */
export const claimOffer = (template: string, key: string): Promise<Coupon> =>
  post(`/coupon-offers/${encodeURIComponent(template)}/claims`, undefined, { headers: { 'Idempotency-Key': key } })
