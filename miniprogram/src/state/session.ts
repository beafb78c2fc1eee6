/** The session of whoever WeChat says is holding the phone: a bearer token in storage, opened by wx.login. */
import { Problem } from '@h5/api/problem'
import { answered } from '@/api/challenge'
import { storeDevice, storedDevice } from '@/api/device'
import type { Me, Session } from '@/api/schema'
import { send } from '@/api/transport'

const TOKEN = 'cardquest.token'
const CUSTOMER = 'cardquest.customer'
const LEFT = 'cardquest.left'

export const SIGNED_OUT = 'signed_out'

const stored = (name: string): string => (wx.getStorageSync(name) as string) || ''

export const currentToken = (): string => stored(TOKEN)
export const currentCustomer = (): string => stored(CUSTOMER)
export const hasLeft = (): boolean => stored(LEFT) !== ''

/** Somebody else's token may have taken its place meanwhile; that one stays. */
export function dropToken(token: string): void {
  if (currentToken() === token) wx.removeStorageSync(TOKEN)
}

/** The customer known to have agreed to the privacy policy as it reads now. */
let agreed = ''

export function noteAgreement({ customer_id, privacy_agreed }: Pick<Me, 'customer_id' | 'privacy_agreed'>): void {
  agreed = privacy_agreed ? customer_id : ''
}

export const isAgreed = (): boolean => agreed !== '' && agreed === currentCustomer()

/** Goes on with a session the platform has opened. */
export function adopt(session: Session): Me {
  wx.setStorageSync(TOKEN, session.token)
  wx.setStorageSync(CUSTOMER, session.customer.customer_id)
  noteAgreement(session.customer)
  return session.customer
}

let arriving: Promise<string> | null = null

async function open(): Promise<Session> {
  const { code } = await wx.login().catch(() => {
    throw new Problem({ status: 0, code: 'network' })
  })
  const body = { channel: 'wechat_mini', code }
  return (await send({ method: 'post', address: '/api/v1/sessions', headers: {}, body })) as Session
}

async function arrive(): Promise<string> {
  if (hasLeft()) throw new Problem({ status: 401, code: SIGNED_OUT, detail: '您已退出登录' })
  // WeChat's code is spent by being refused: who has answered comes with a new one.
  const session = await open().catch(async (error: unknown) => {
    if (await answered(error)) return open()
    throw error
  })
  adopt(session)
  return currentToken()
}

/** The token of a new session; several callers at once share one. Throws a Problem. */
export function signIn(): Promise<string> {
  arriving ??= arrive().finally(() => {
    arriving = null
  })
  return arriving
}

/** Ends the session here whether or not the platform hears of it, and does not sign in again unasked. */
export async function signOut(): Promise<void> {
  const token = currentToken()
  const device = storedDevice()
  wx.clearStorageSync()
  storeDevice(device)
  wx.setStorageSync(LEFT, 'yes')
  const headers = { Authorization: `Bearer ${token}` }
  await send({ method: 'delete', address: '/api/v1/sessions/current', headers, body: undefined }).catch(() => undefined)
}

export const comeBack = (): void => wx.removeStorageSync(LEFT)
