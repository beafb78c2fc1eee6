import { describe, expect, it } from 'vitest'
import type { Condition, Task } from '@/api/tasks'
import { faceText } from './coupons'
import { parseYuan, shortYuan, yuan } from './money'
import { inOrder, measure, share } from './tasks'
import { countdown, day, moment, remaining } from './time'

describe('money', () => {
  it.each([
    [0, '0.00'],
    [5, '0.05'],
    [30_000, '300.00'],
    [123_456_789, '1,234,567.89'],
    [-18_005, '-180.05'],
  ])('shows %d fen as %s yuan', (fen, text) => expect(yuan(fen)).toBe(text))

  it('keeps fen only where there are any', () => {
    expect(shortYuan(500_000)).toBe('5,000')
    expect(shortYuan(888)).toBe('8.88')
  })

  it.each([
    ['12000', 1_200_000],
    ['12,000.5', 1_200_050],
    ['12，000', 1_200_000],
    ['0.07', 7],
    ['1.', 100],
    ['1.234', null],
    ['-5', null],
    ['1e3', null],
    ['', null],
  ])('reads %j as %j fen', (text, fen) => expect(parseYuan(text)).toBe(fen))

  it('reads back what it shows, to the fen', () => {
    for (const fen of [1, 29, 57, 110_016, 99_999_999_999]) expect(parseYuan(yuan(fen))).toBe(fen)
  })
})

describe('time', () => {
  it('tells the day of Shanghai', () => {
    expect(day('2026-10-31T16:00:00Z')).toBe('2026.11.01')
    expect(day('2026-11-01')).toBe('2026.11.01')
  })

  it('names the year only when it is another', () => {
    const now = Date.parse('2026-06-01T00:00:00+08:00')
    expect(moment('2026-11-01T12:30:00+08:00', now)).toBe('11月1日 12:30')
    expect(moment('2027-01-01T00:05:00+08:00', now)).toBe('2027年1月1日 00:05')
  })

  it.each([
    [3 * 86_400 + 5, '剩 3 天', false],
    [86_399, '剩 23 小时', true],
    [59, '剩 1 分钟', true],
    [0, '已到期', false],
  ])('tells %d seconds before the deadline as %s', (seconds, text, urgent) => {
    expect(remaining(new Date(seconds * 1000).toISOString(), 0)).toMatchObject({ text, urgent })
  })
})

describe('countdown', () => {
  it.each([
    [0, '00:00:00'],
    [-5, '00:00:00'],
    [1, '00:00:01'],
    [59_001, '00:01:00'],
    [86_399_000, '23:59:59'],
    [2 * 86_400_000 + 3_723_000, '2 天 01:02:03'],
  ])('tells %d ms as %s', (ms, text) => expect(countdown(ms)).toBe(text))
})

describe('tasks', () => {
  const condition = (fields: Partial<Condition>): Condition => ({
    label: '',
    current: 0,
    target: 1,
    unit: 'times',
    done: false,
    ...fields,
  })

  it('measures each unit in its own words', () => {
    expect(measure(condition({ unit: 'fen', current: 12_050, target: 30_000 }))).toBe('120.50 / 300.00 元')
    expect(measure(condition({ label: '消费笔数', current: 2, target: 5 }))).toBe('2 / 5 笔')
    expect(measure(condition({ label: '签到', current: 2, target: 5 }))).toBe('2 / 5 次')
    expect(measure(condition({ unit: 'done', done: true }))).toBe('已完成')
  })

  it('fills a bar only when the condition is done', () => {
    expect(share(condition({ current: 9_999, target: 10_000 }))).toBe(99)
    expect(share(condition({ current: 12, target: 10 }))).toBe(99)
    expect(share(condition({ current: 10, target: 10, done: true }))).toBe(100)
  })

  it('puts running claims first, the nearest deadline on top', () => {
    const task = (name: string, state: Task['state'], expires_at?: string): Task =>
      ({ task: name, state, claim: expires_at ? { expires_at } : null }) as Task
    const tasks = [
      task('past', 'expired'),
      task('new', 'available'),
      task('later', 'claimed', '2026-12-01T00:00:00Z'),
      task('soon', 'claimed', '2026-11-01T00:00:00Z'),
      task('done', 'rewarded'),
    ]
    expect(inOrder(tasks).map((row) => row.task)).toEqual(['soon', 'later', 'new', 'done', 'past'])
  })

  it('puts what is recommended before what else can be claimed', () => {
    const task = (name: string, state: Task['state'], offered: boolean): Task =>
      ({ task: name, state, claim: null, offered }) as Task
    const tasks = [task('plain', 'available', false), task('offered', 'available', true), task('own', 'claimed', false)]
    expect(inOrder(tasks).map((row) => row.task)).toEqual(['own', 'offered', 'plain'])
  })
})

describe('coupons', () => {
  const coupon = (kind: string, value: object): Parameters<typeof faceText>[0] =>
    ({ kind, value }) as Parameters<typeof faceText>[0]

  it('says the face in the words of the trade', () => {
    expect(faceText(coupon('interest_free_days', { days: 7 }))).toBe('7天免息')
    expect(faceText(coupon('interest_discount', { rate_off: '0.20', periods: 3 }))).toBe('8折前3期利息')
    expect(faceText(coupon('interest_discount', { rate_off: '0.15' }))).toBe('8.5折利息')
    expect(faceText(coupon('red_packet', { amount_fen: 888 }))).toBe('¥8.88红包')
    expect(faceText(coupon('points', { points: 1500 }))).toBe('1,500分积分')
  })
})
