/** Times as the business sees them: Asia/Shanghai (UTC+8, no summer time), wherever the phone is. */

import { serverNow } from '@/serverTime'

const SHANGHAI_MS = 8 * 3600_000
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const two = (value: number): string => String(value).padStart(2, '0')

function parts(time: string): { year: number; month: number; day: number; clock: string } {
  const local = new Date(Date.parse(time) + SHANGHAI_MS)
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    clock: `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}`,
  }
}

/** "2026.11.01"; a plain date ("2026-11-01") stays the day it names. */
export function day(time: string): string {
  if (time.length === 10) return time.replace(/-/g, '.')
  const { year, month, day: date } = parts(time)
  return `${year}.${two(month)}.${two(date)}`
}

/** "11月1日 12:30", with the year in front when it is not this one. */
export function moment(time: string, now: number = serverNow()): string {
  const { year, month, day: date, clock } = parts(time)
  const thisYear = parts(new Date(now).toISOString()).year
  return `${year === thisYear ? '' : `${year}年`}${month}月${date}日 ${clock}`
}

export interface Remaining {
  text: string
  /** Whole days left. */
  days: number
  /** Less than a day left. */
  urgent: boolean
  over: boolean
}

/** What is left until `until`, in its largest whole unit. */
export function remaining(until: string, now: number): Remaining {
  const left = Date.parse(until) - now
  if (left <= 0) return { text: '已到期', days: 0, urgent: false, over: true }
  const days = Math.floor(left / DAY)
  if (days > 0) return { text: `剩 ${days} 天`, days, urgent: false, over: false }
  const text = left >= HOUR ? `剩 ${Math.floor(left / HOUR)} 小时` : `剩 ${Math.max(1, Math.floor(left / MINUTE))} 分钟`
  return { text, days, urgent: true, over: false }
}

/** "2 天 03:04:05" until something begins, "03:04:05" on its last day. */
export function countdown(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000))
  const days = Math.floor(seconds / 86_400)
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':')
  return days ? `${days} 天 ${clock}` : clock
}
