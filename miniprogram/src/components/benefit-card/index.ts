/** One benefit of this customer; its code is fetched by a tap and stays in this card only. */
import { redeem } from '@/api/account'
import type { GrantView } from '@/views/grants'
import { fail } from '@/views/problem'

Component({
  properties: {
    grant: { type: Object, value: {} as GrantView },
  },
  data: { busy: false, code: '', howToUse: '' },
  methods: {
    async open() {
      if (this.data.busy) return
      this.setData({ busy: true })
      try {
        const { code, how_to_use } = await redeem(this.data.grant.id)
        this.setData({ code: code ?? '', howToUse: how_to_use || '请向工作人员出示本页' })
        this.triggerEvent('changed')
      } catch (error) {
        fail('没有领用成功', error)
      }
      this.setData({ busy: false })
    },
    copy() {
      void wx.setClipboardData({ data: this.data.code })
    },
  },
})
