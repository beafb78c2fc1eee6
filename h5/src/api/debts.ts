import { get, type Page } from './client'

/** A reward that was used before its condition was lost; `deducted`: later rewards pay for it. */
export interface Debt {
  debt_id: string
  task: string
  reward: string
  amount_fen: number
  settled_fen: number
  deducted: boolean
  state: 'open' | 'settled' | 'written_off'
  created_at: string
  closed_at: string | null
}

export const fetchDebts = (): Promise<Page<Debt>> => get('/debts', { limit: 50 })
