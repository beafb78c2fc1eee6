import { get, hrefOf, post, remove } from './client'

export type Stage = 'base' | 'payer' | 'wealth' | 'credit'

export interface Me {
  customer_id: string
  name: string
  stage: Stage
  bound: boolean
  /** To the present privacy text. */
  privacy_agreed: boolean
  level: { rank: number; name: string; next_threshold: number | null; missing: number | null }
  experience: number
}

/** `come_back`: whose account was deleted begins anew. */
export type Credentials = { come_back?: boolean } & (
  | { channel: 'bank_app'; ticket: string }
  | { channel: 'wechat_h5'; code: string; state: string }
)

/** The token in the answer is left alone on purpose: pages live on the HttpOnly cookie set beside it. */
interface Opened {
  expires_at: string
  customer: Me
  /** Where they wanted to go before they went to WeChat. */
  page: string | null
}

export const openSession = (credentials: Credentials): Promise<Opened> => post('/sessions', credentials)
export const closeSession = (): Promise<void> => remove('/sessions/current')
export const fetchMe = (): Promise<Me> => get('/me')

export const sendBindingCode = (phone: string): Promise<{ expires_at: string }> => post('/binding-codes', { phone })
export const bindCard = (card_last4: string, otp: string, come_back: boolean): Promise<Opened> =>
  post('/bindings', { card_last4, otp, come_back })

/** The way out to WeChat, which sends the browser back to sign in and then on to `page`. */
export const wayToWeChat = (page: string): string => hrefOf('/wechat-h5/authorization', { page, scope: 'base' })
