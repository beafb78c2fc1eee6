/** Inside WeChat's browser people sign in without a tap; elsewhere the page says how to enter. */
import { wayToWeChat } from './api/sessions'

const TRIED = 'wechat-tried-at'
/** Whoever comes back unsigned so soon keeps no cookie: going round again would never end. */
const TOO_SOON_MS = 20_000
const OWN_PAGE = /^\/(?!\/)[\w/.~?=&%-]*$/

export const insideWeChat = (): boolean => /MicroMessenger/i.test(navigator.userAgent)

/** A page of ours, whatever the address says. */
export const ownPage = (asked: unknown): string =>
  typeof asked === 'string' && OWN_PAGE.test(asked) && !asked.startsWith('/sign-in') ? asked : '/tasks'

export function goToWeChat(page: string): void {
  sessionStorage.setItem(TRIED, String(Date.now()))
  window.location.replace(wayToWeChat(page))
}

export const mayGoUnasked = (): boolean =>
  insideWeChat() && Date.now() - Number(sessionStorage.getItem(TRIED) ?? 0) > TOO_SOON_MS
