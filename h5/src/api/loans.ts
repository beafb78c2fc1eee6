import { get, post } from './client'
import type { Coupon } from './coupons'

export type Method = 'equal_instalment' | 'equal_principal' | 'interest_first'
export type Periods = 3 | 6 | 12

export interface LoanTerms {
  amount_fen: number
  periods: Periods
  method: Method
}

export interface TrialRequest extends LoanTerms {
  coupon_id?: string
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

/** `apr_*` are decimal strings in percent a year ("18.00"), simple interest by IRR. */
export interface Trial {
  plan: Instalment[]
  interest_fen: number
  reduction_fen: number
  apr_before: string
  apr_after: string
  cost_table: CostTable
}

export interface CouponChoice {
  coupon: Coupon
  usable: boolean
  reason: string | null
}

export interface Application extends TrialRequest {
  cost_table_version: string
  cost_table_seconds: number
}

export type LoanState = 'processing' | 'disbursed' | 'declined'

export interface Loan extends LoanTerms {
  loan_id: string
  state: LoanState
  coupon_id: string | null
  reason: string | null
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
export const fetchLoanPlan = (id: string): Promise<{ plan: Instalment[] }> => get(`${at(id)}/plan`)
