import { get, post, remove } from './client'

export type Stage = 'base' | 'payer' | 'wealth' | 'credit'

export interface Me {
  customer_id: string
  name: string
  stage: Stage
  bound: boolean
  level: { rank: number; name: string; next_threshold: number | null; missing: number | null }
  experience: number
}

export interface Credentials {
  channel: 'bank_app'
  ticket: string
}

/** The token in the answer is left alone on purpose: pages live on the HttpOnly cookie set beside it. */
interface Opened {
  expires_at: string
  customer: Me
}

export const openSession = (credentials: Credentials): Promise<Opened> => post('/sessions', credentials)
export const closeSession = (): Promise<void> => remove('/sessions/current')
export const fetchMe = (): Promise<Me> => get('/me')

export const sendBindingCode = (phone: string): Promise<{ expires_at: string }> => post('/binding-codes', { phone })
export const bindCard = (card_last4: string, otp: string): Promise<Opened> => post('/bindings', { card_last4, otp })
