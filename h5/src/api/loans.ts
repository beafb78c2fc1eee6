import { get, post } from './client'
import type { Coupon } from './coupons'

export type Method = 'equal_instalment' | 'equal_principal' | 'interest_first' | 'per_day'
export type Periods = 3 | 6 | 12

export interface LoanTerms {
  amount_fen: number
  periods: Periods
  method: Method
}

export interface TrialRequest extends LoanTerms {
  /** In the order in which they are taken off; several only where all are stackable. */
  coupon_ids?: string[]
}

export interface Instalment {
  no: number
  due_date: string
  principal_fen: number
  interest_fen: number
  reduction_fen: number
  total_fen: number
}

export interface CostTable {
  version: string
  reading_seconds: number
  items: { name: string; text: string }[]
}

/** What a coupon takes off in all; null while the core has not said. */
export interface CouponReduction {
  coupon_id: string
  reduction_fen: number | null
}

/** `apr_*` are decimal strings in percent a year ("18.00"), simple interest by IRR. */
export interface Trial {
  plan: Instalment[]
  interest_fen: number
  reduction_fen: number
  apr_before: string
  apr_after: string
  cost_table: CostTable
  coupons: CouponReduction[]
}

export interface CouponChoice {
  coupon: Coupon
  usable: boolean
  reason: string | null
  stackable: boolean
}

export interface Application extends TrialRequest {
  cost_table_version: string
  cost_table_seconds: number
}

export type LoanState = 'processing' | 'disbursed' | 'declined' | 'cancelled' | 'repaid_early'

export interface Loan extends LoanTerms {
  loan_id: string
  state: LoanState
  coupons: CouponReduction[]
  reason: string | null
}

/** The cost table as it was confirmed, and for how long it had been shown. */
export interface ConfirmedCosts extends CostTable {
  seconds: number
  confirmed_at: string
}

const at = (id: string): string => `/loans/${encodeURIComponent(id)}`

export const tryLoan = (body: TrialRequest, signal: AbortSignal): Promise<Trial> =>
  post('/loan-trials', body, { signal })
export const fetchCouponChoices = (terms: LoanTerms, signal: AbortSignal): Promise<{ items: CouponChoice[] }> =>
  get('/loan-trials/coupons', { ...terms }, signal)
/** The same `key` always means the same application: repeat freely until an answer comes. */
export const applyForLoan = (body: Application, key: string): Promise<{ loan_id: string; state: LoanState }> =>
  post('/loans', body, { headers: { 'Idempotency-Key': key } })
export const fetchLoan = (id: string): Promise<Loan> => get(at(id))
export const fetchConfirmedCosts = (id: string): Promise<ConfirmedCosts> => get(`${at(id)}/cost-table`)
export const fetchLoanPlan = (id: string): Promise<{ plan: Instalment[] }> => get(`${at(id)}/plan`)
