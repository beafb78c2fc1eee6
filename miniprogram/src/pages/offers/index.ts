import { claimOffer, fetchOffers } from '@/api/coupons'
import { asProblem } from '@h5/api/problem'
import type { Offer } from '@/api/schema'
import { offerViews, opensIn, type OfferView } from '@/views/coupons'
import { fail } from '@/views/problem'
import { read, retry, unread } from '@/views/reading'

/** The second tap of a nervous thumb may come after a quick answer: within this time it is still the first one. */
const ONE_TAP_MS = 800

const TICK_MS = 1000

interface Clock {
  /** What was read, and when by this phone. */
  read: Offer[]
  at: number
  timer: ReturnType<typeof setInterval>
}

const clocks = new WeakMap<object, Clock>()

Component({
  data: {
    ...unread(),
    offers: [] as OfferView[],
    claiming: '',
  },
  lifetimes: {
    detached() {
      this.rest()
    },
  },
  methods: {
    onShow() {
      this.rest()
      clocks.set(this, { read: [], at: 0, timer: setInterval(() => this.tick(), TICK_MS) })
      void this.load()
    },
    onHide() {
      this.rest()
    },
    rest() {
      const clock = clocks.get(this)
      if (clock) clearInterval(clock.timer)
      clocks.delete(this)
    },
    /** Counts down; what has just opened is asked for once: whether it really has is for the platform to say. */
    tick() {
      const clock = clocks.get(this)
      if (!clock?.read.some((offer) => opensIn(offer, 0) < Infinity)) return
      const since = Date.now() - clock.at
      const opened = clock.read.some((offer) => opensIn(offer, since) <= 0)
      this.setData({ offers: offerViews(clock.read, since) })
      if (opened) void this.load()
    },
    onPullDownRefresh() {
      void this.load()
    },
    load() {
      return read(this, () => this.fetch())
    },
    again() {
      void retry(this, () => this.fetch())
    },
    async fetch() {
      const read = await fetchOffers()
      const clock = clocks.get(this)
      if (clock) Object.assign(clock, { read, at: Date.now() })
      return { offers: offerViews(read, 0) }
    },
    async claim(event: WechatMiniprogram.BaseEvent<object, { template: string }>) {
      const { template } = event.currentTarget.dataset
      if (this.data.claiming) return
      this.setData({ claiming: template })
      const rested = new Promise((resolve) => setTimeout(resolve, ONE_TAP_MS))
      try {
        await claimOffer(template)
        void wx.showToast({ title: '领取成功', icon: 'success' })
      } catch (error) {
        fail(asProblem(error).outcomeUnknown ? '还不知道有没有领到，请再点一次' : '没有领到', error)
      }
      await Promise.all([rested, this.load()])
      this.setData({ claiming: '' })
    },
  },
})
