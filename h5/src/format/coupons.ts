/** Words for coupons: what the face says, what the states are called. */
import type { Coupon, CouponKind, CouponState } from '@/api/coupons'
import type { IconName } from '@/components/icons'
import { count, shortYuan } from './money'

export const KIND_TEXT: Record<CouponKind, string> = {
  interest_free_days: '免息券',
  interest_discount: '利息折扣券',
  repayment: '还款券',
  red_packet: '现金红包',
  phone_credit: '话费券',
  points: '积分',
}

export const STATE_TEXT: Record<CouponState, string> = {
  unused: '可用',
  occupied: '使用中',
  used: '已使用',
  expired: '已过期',
  voided: '已作废',
}

export const STATE_ICON: Record<CouponState, IconName> = {
  unused: 'coupon',
  occupied: 'clock',
  used: 'check',
  expired: 'calendar',
  voided: 'close',
}

/** How a step of a coupon's life reads in its history. */
export const HISTORY_TEXT: Record<CouponState, string> = {
  unused: '可使用',
  occupied: '已用于借款申请，等待放款',
  used: '已核销',
  expired: '已过期',
  voided: '已作废',
}

const NOTES: Partial<Record<CouponKind, string>> = { repayment: '还款', red_packet: '红包', phone_credit: '话费' }

const LOAN_KINDS: CouponKind[] = ['interest_free_days', 'interest_discount', 'repayment']

export interface Face {
  prefix: string
  figure: string
  unit: string
  note: string
}

/** "0.20" off is 8 折, "0.15" is 8.5 折. Counted in hundredths, so that no float shows through. */
function fold(rateOff: string): string {
  const kept = 100 - Math.round(Number(rateOff) * 100)
  return kept % 10 === 0 ? String(kept / 10) : `${Math.floor(kept / 10)}.${kept % 10}`
}

/** What a face is made of: coupons and offers of coupons have it. */
type Worth = Pick<Coupon, 'kind' | 'value'>

export function faceOf({ kind, value }: Worth): Face {
  switch (kind) {
    case 'interest_free_days':
      return { prefix: '', figure: String(value.days ?? ''), unit: '天', note: '免息' }
    case 'interest_discount':
      return {
        prefix: '',
        figure: fold(value.rate_off ?? '0'),
        unit: '折',
        note: value.periods ? `前${value.periods}期利息` : '利息',
      }
    case 'points':
      return { prefix: '', figure: count(value.points ?? value.amount_fen ?? 0), unit: '分', note: '积分' }
    default:
      return { prefix: '¥', figure: shortYuan(value.amount_fen ?? 0), unit: '', note: NOTES[kind] ?? '' }
  }
}

export function faceText(worth: Worth): string {
  const { prefix, figure, unit, note } = faceOf(worth)
  return `${prefix}${figure}${unit}${note}`
}

export const forLoans = (coupon: Coupon): boolean => LOAN_KINDS.includes(coupon.kind)
