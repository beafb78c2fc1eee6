/** Words for loans. */
import type { LoanState, Method, Periods } from '@/api/loans'

export const PERIODS: Periods[] = [3, 6, 12]

export const METHODS: { method: Method; name: string; note: string }[] = [
  { method: 'equal_instalment', name: '等额本息', note: '每期还款额相同' },
  { method: 'equal_principal', name: '等额本金', note: '本金每期相同，还款额逐期减少' },
  { method: 'interest_first', name: '先息后本', note: '每期还利息，最后一期还本金' },
  { method: 'per_day', name: '按日计息', note: '按实际天数计息，最后一期还本金' },
]

export const LOAN_STATE_TEXT: Record<LoanState, string> = {
  processing: '处理中',
  disbursed: '已放款',
  declined: '未通过',
  cancelled: '已撤销',
  repaid_early: '已提前还清',
}

export const methodName = (method: Method): string => METHODS.find((row) => row.method === method)?.name ?? ''
