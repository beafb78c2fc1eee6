import { beforeEach, describe, expect, it, vi } from 'vitest'

const HOUR = 3_600_000
const header = (time: number): string => new Date(time).toUTCString()

describe('the time of the server', () => {
  beforeEach(() => {
    vi.resetModules()
    vi.useFakeTimers({ now: Date.parse('2026-11-26T10:00:00.400Z') })
  })

  it('is the phone’s own until an answer tells better', async () => {
    const { hearTime, serverNow } = await import('./serverTime')
    expect(serverNow()).toBe(Date.now())
    hearTime(null, Date.now(), Date.now())
    hearTime('yesterday', Date.now(), Date.now())
    expect(serverNow()).toBe(Date.now())
  })

  it('is within what an answer allows, however wrong the phone is', async () => {
    const { hearTime, serverNow } = await import('./serverTime')
    const truth = Date.now() + 49 * HOUR
    hearTime(header(truth), Date.now() - 80, Date.now())
    expect(Math.abs(serverNow() - truth)).toBeLessThan(620)
  })

  it('gets more exact with every answer', async () => {
    const { hearTime, serverNow } = await import('./serverTime')
    for (let at = 0; at < 20; at++) {
      vi.advanceTimersByTime(370)
      hearTime(header(Date.now() + HOUR), Date.now() - 20, Date.now())
    }
    expect(Math.abs(serverNow() - (Date.now() + HOUR))).toBeLessThan(60)
  })

  it('follows a clock that was set', async () => {
    const { hearTime, serverNow } = await import('./serverTime')
    hearTime(header(Date.now()), Date.now(), Date.now())
    hearTime(header(Date.now() + 24 * HOUR), Date.now(), Date.now())
    expect(Math.abs(serverNow() - (Date.now() + 24 * HOUR))).toBeLessThan(620)
  })
})
