import { NO_COUPONS, SHELVES, shelfOf, type CouponView, type Cursors, type Shelf } from '@/views/coupons'
import { fail } from '@/views/problem'
import { read, retry, unread } from '@/views/reading'
import { unwatch, watch } from '@/views/watching'

Component({
  data: {
    ...unread(),
    tabs: SHELVES,
    shelf: 'unused' as Shelf,
    nothing: NO_COUPONS.unused,
    coupons: [] as CouponView[],
    cursors: {} as Cursors,
    further: false,
  },
  methods: {
    onShow() {
      watch(this, ['coupon.'], () => void this.load())
      void this.load()
    },
    onHide() {
      unwatch(this)
    },
    onUnload() {
      unwatch(this)
    },
    onPullDownRefresh() {
      void this.load()
    },
    load() {
      return read(this, () => shelfOf(this.data.shelf))
    },
    again() {
      void retry(this, () => shelfOf(this.data.shelf))
    },
    choose({ detail: { key } }: WechatMiniprogram.CustomEvent<{ key: Shelf }>) {
      this.setData({ shelf: key, nothing: NO_COUPONS[key], ready: false, problem: null, coupons: [], cursors: {} })
      void this.load()
    },
    async onReachBottom() {
      const { shelf, cursors, further, busy } = this.data
      if (further || busy || !Object.keys(cursors).length) return
      this.setData({ further: true })
      try {
        const more = await shelfOf(shelf, cursors)
        if (shelf === this.data.shelf && cursors === this.data.cursors) {
          this.setData({ coupons: [...this.data.coupons, ...more.coupons], cursors: more.cursors })
        }
      } catch (error) {
        fail('没有加载成功', error)
      }
      this.setData({ further: false })
    },
    centre() {
      void wx.navigateTo({ url: '/pages/offers/index' })
    },
  },
})
