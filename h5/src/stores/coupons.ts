import { defineStore } from 'pinia'
import { reactive, ref } from 'vue'
import { fetchCoupon, fetchCoupons, type Coupon, type CouponDetail, type CouponState } from '@/api/coupons'

export type Shelf = 'unused' | 'occupied' | 'used' | 'gone'

/** 已过期 shows what can no longer be used for either reason. */
const STATES: Record<Shelf, CouponState[]> = {
  unused: ['unused'],
  occupied: ['occupied'],
  used: ['used'],
  gone: ['expired', 'voided'],
}

interface Shown {
  items: Coupon[]
  cursors: Partial<Record<CouponState, string>>
}

export const useCoupons = defineStore('coupons', () => {
  const shelves = reactive(new Map<Shelf, Shown>())
  const details = reactive(new Map<string, CouponDetail>())
  const openShelf = ref<Shelf>('unused')

  async function fetchShelf(states: CouponState[], before?: Shown): Promise<Shown> {
    const pages = await Promise.all(states.map((state) => fetchCoupons(state, before?.cursors[state])))
    const cursors: Shown['cursors'] = {}
    states.forEach((state, index) => {
      const next = pages[index]?.next_cursor
      if (next) cursors[state] = next
    })
    return { items: [...(before?.items ?? []), ...pages.flatMap((page) => page.items)], cursors }
  }

  /** Loads the open shelf, and the next one too when another was opened meanwhile. */
  async function load(): Promise<void> {
    const shelf = openShelf.value
    shelves.set(shelf, await fetchShelf(STATES[shelf]))
    if (shelf !== openShelf.value) await load()
  }

  async function more(): Promise<void> {
    const shown = shelves.get(openShelf.value)
    if (!shown) return
    const states = STATES[openShelf.value].filter((state) => shown.cursors[state])
    shelves.set(openShelf.value, await fetchShelf(states, shown))
  }

  async function refresh(id: string): Promise<CouponDetail> {
    const fresh = await fetchCoupon(id)
    details.set(id, fresh)
    return fresh
  }

  /** Coupons moved between states somewhere else: reload what is shown, forget the rest. */
  async function moved(): Promise<void> {
    const shown = openShelf.value
    for (const shelf of [...shelves.keys()]) if (shelf !== shown) shelves.delete(shelf)
    if (shelves.has(shown)) await load()
  }

  return { shelves, details, openShelf, load, more, refresh, moved }
})
