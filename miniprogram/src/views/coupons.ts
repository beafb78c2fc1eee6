/** Coupons and offers of coupons as wxml needs them. */
import { fetchCoupons, type Coupon, type CouponState } from '@/api/coupons'
import type { Offer } from '@/api/schema'
import { KIND_TEXT, STATE_TEXT, faceOf, type Face } from '@h5/format/coupons'
import { countdown, day, remaining } from '@h5/format/time'

export type Shelf = 'unused' | 'occupied' | 'used' | 'gone'

export const SHELVES: { key: Shelf; text: string }[] = [
  { key: 'unused', text: '可用' },
  { key: 'occupied', text: '使用中' },
  { key: 'used', text: '已使用' },
  { key: 'gone', text: '已过期' },
]

export const NO_COUPONS: Record<Shelf, string> = {
  unused: '暂无可用的券',
  occupied: '没有正在使用的券',
  used: '还没有用过券',
  gone: '没有过期的券',
}

/** 已过期 shows what can no longer be used for either reason. */
const STATES: Record<Shelf, CouponState[]> = {
  unused: ['unused'],
  occupied: ['occupied'],
  used: ['used'],
  gone: ['expired', 'voided'],
}

const SOON_DAYS = 3

export type Cursors = Partial<Record<CouponState, string>>

/** The coupons of a shelf, or those after `cursors`, and where to go on. */
export async function shelfOf(shelf: Shelf, cursors?: Cursors): Promise<{ coupons: CouponView[]; cursors: Cursors }> {
  const states = STATES[shelf].filter((state) => !cursors || cursors[state])
  const pages = await Promise.all(states.map((state) => fetchCoupons(state, cursors?.[state] ?? null)))
  const next: Cursors = {}
  states.forEach((state, index) => {
    const cursor = pages[index]?.next_cursor
    if (cursor) next[state] = cursor
  })
  const now = Date.now()
  return { coupons: pages.flatMap(({ items }) => items.map((coupon) => couponView(coupon, now))), cursors: next }
}

export interface CouponView {
  id: string
  kind: Coupon['kind']
  name: string
  face: Face
  words: string
  validity: string
  hurry: string
  rules: string[]
  spent: boolean
  stateText: string
  reason: string
}

export function couponView(coupon: Coupon, now: number): CouponView {
  const unused = coupon.state === 'unused'
  const left = remaining(coupon.valid_until, now)
  const starts = unused && Date.parse(coupon.valid_from) > now
  return {
    id: coupon.coupon_id,
    kind: coupon.kind,
    name: coupon.name,
    face: faceOf(coupon),
    words: [KIND_TEXT[coupon.kind], ...coupon.use_rules.slice(0, 1)].join(' · '),
    validity: starts ? `${day(coupon.valid_from)} 起可用` : `${day(coupon.valid_until)} 到期`,
    hurry: unused && !left.over && left.days < SOON_DAYS ? left.text : '',
    rules: coupon.use_rules.slice(1),
    spent: !unused && coupon.state !== 'occupied',
    stateText: unused ? '' : STATE_TEXT[coupon.state],
    reason: coupon.unusable_reason ?? '',
  }
}

const OFFER_TEXT: Record<Offer['state'], string> = {
  open: '',
  upcoming: '即将开始',
  claimed: '已领取',
  out_today: '今日已领完',
  out: '已领完',
}
/** What can be had now comes first, then what will be. */
const ORDER: Offer['state'][] = ['open', 'upcoming', 'out_today', 'claimed', 'out']

export interface OfferView {
  template: string
  kind: Offer['kind']
  name: string
  face: Face
  words: string
  validity: string
  rules: string[]
  counts: string
  claimable: boolean
  action: string
  stateText: string
  reason: string
}

function counts({ held, per_person, state, left }: Offer): string {
  const cap = per_person === null ? '' : ` / ${per_person}`
  const mine = held ? `已领 ${held}${cap} 张` : per_person === null ? '' : `每人限领 ${per_person} 张`
  return [mine, state === 'open' && left === 'few' ? '所剩不多' : ''].filter(Boolean).join(' · ')
}

/** Milliseconds until it opens; infinite for one that does not. */
export const opensIn = ({ opens_in_seconds: seconds }: Offer, sinceMs: number): number =>
  seconds === null ? Infinity : seconds * 1000 - sinceMs

function offerView(offer: Offer, sinceMs: number): OfferView {
  return {
    template: offer.template,
    kind: offer.kind,
    name: offer.name,
    face: faceOf(offer),
    words: [KIND_TEXT[offer.kind], ...offer.use_rules.slice(0, 1)].join(' · '),
    validity: offer.validity,
    rules: offer.use_rules.slice(1),
    counts: counts(offer),
    claimable: offer.claimable,
    action: offer.held ? '再领一张' : '立即领取',
    stateText: offer.opens_in_seconds === null ? OFFER_TEXT[offer.state] : `距开始 ${countdown(opensIn(offer, sinceMs))}`,
    reason: offer.state === 'upcoming' ? '' : (offer.reason ?? ''),
  }
}

/** As they are `sinceMs` after they were read: the phone's clock may be wrong, how long it took is not. */
export const offerViews = (offers: Offer[], sinceMs: number): OfferView[] =>
  [...offers]
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
    .map((offer) => offerView(offer, sinceMs))
