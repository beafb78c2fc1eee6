import { claimOffer, fetchOffers } from '@/api/coupons'
import { asProblem } from '@h5/api/problem'
import { offerViews, type OfferView } from '@/views/coupons'
import { fail } from '@/views/problem'
import { read, retry, unread } from '@/views/reading'

/** The second tap of a nervous thumb may come after a quick answer: within this time it is still the first one. */
const ONE_TAP_MS = 800

Component({
  data: {
    ...unread(),
    offers: [] as OfferView[],
    claiming: '',
  },
  methods: {
    onShow() {
      void this.load()
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
      return { offers: offerViews(await fetchOffers()) }
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
