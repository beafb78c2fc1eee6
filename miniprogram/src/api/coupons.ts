/** Own coupons and the coupon centre; the types are also what h5/src/format is given here. */
import type { components } from '../../openapi'
import { once } from '@/state/keys'
import { call } from './client'
import type { Offer } from './schema'

type Schemas = components['schemas']
export type Coupon = Schemas['Coupon']
export type CouponKind = Schemas['CouponKind']
export type CouponState = Schemas['CouponState']

export const fetchCoupons = (state: CouponState, cursor: string | null): Promise<Schemas['CouponPage']> =>
  call('get', '/api/v1/coupons', { query: { state, cursor, limit: 20 } })

export async function fetchOffers(): Promise<Offer[]> {
  return (await call('get', '/api/v1/coupon-offers', { query: { limit: 50 } })).items
}

/** One wish is one key until it is answered: repeat freely, it stays one coupon. */
export const claimOffer = (template: string): Promise<Coupon> =>
  once(`offer ${template}`, (key) =>
    call('post', '/api/v1/coupon-offers/{template}/claims', {
      path: { template },
      header: { 'Idempotency-Key': key },
    }),
  )
