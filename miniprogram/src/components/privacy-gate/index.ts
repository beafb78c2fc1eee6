/** Before first use: what we would do with the customer's data, and their answer. Until it is yes nothing else shows. */
import { fetchConsents } from '@/api/account'
import type { Consent } from '@/api/schema'
import { decide } from '@/state/privacy'
import { fail, shownProblem, type ShownProblem } from '@/views/problem'

Component({
  data: {
    policy: null as Consent | null,
    problem: null as ShownProblem | null,
    busy: false,
  },
  lifetimes: {
    attached() {
      void this.load()
    },
  },
  methods: {
    async load() {
      try {
        const policy = (await fetchConsents()).find(({ purpose }) => purpose === 'privacy') ?? null
        this.setData({ policy, problem: null })
      } catch (error) {
        this.setData({ problem: shownProblem(error) })
      }
    },
    async agree() {
      if (this.data.busy) return
      this.setData({ busy: true })
      try {
        await decide('privacy', true)
        this.triggerEvent('agreed')
      } catch (error) {
        fail('没有保存成功', error)
      }
      this.setData({ busy: false })
    },
    refuse() {
      void wx.exitMiniProgram()
    },
  },
})
