import { fetchConsents } from '@/api/account'
import type { Consent } from '@/api/schema'
import { decide } from '@/state/privacy'
import { fail } from '@/views/problem'
import { read, retry, unread } from '@/views/reading'

Component({
  data: {
    ...unread(),
    consents: [] as Consent[],
    deciding: false,
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
      return { consents: await fetchConsents() }
    },
    /** The switch has moved already: the list is read again either way, and shows what holds. */
    async decide(event: WechatMiniprogram.SwitchChange<object, { purpose: Consent['purpose'] }>) {
      if (this.data.deciding) return
      this.setData({ deciding: true })
      try {
        await decide(event.currentTarget.dataset.purpose, event.detail.value)
      } catch (error) {
        fail('没有保存成功', error)
      }
      await this.load()
      this.setData({ deciding: false })
    },
  },
})
