import { get, type Page } from './client'

export type CouponKind =
  'interest_free_days' | 'interest_discount' | 'repayment' | 'red_packet' | 'phone_credit' | 'points'
export type CouponState = 'unused' | 'occupied' | 'used' | 'expired' | 'voided'

export interface CouponValue {
  days?: number
  rate_off?: string
  periods?: number
  amount_fen?: number
  points?: number
}

export interface Coupon {
  coupon_id: string
  template: string
  name: string
  kind: CouponKind
  value: CouponValue
  state: CouponState
  valid_from: string
  valid_until: string
  use_rules: string[]
  unusable_reason?: string | null
}

export interface CouponDetail extends Coupon {
  history: { state: CouponState; at: string }[]
}

export const fetchCoupons = (state: CouponState, cursor?: string | null): Promise<Page<Coupon>> =>
  get('/coupons', { state, cursor, limit: 20 })
export const fetchCoupon = (id: string): Promise<CouponDetail> => get(`/coupons/${encodeURIComponent(id)}`)
