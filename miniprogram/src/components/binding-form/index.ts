/** Binds this WeChat identity to a card: its last four digits, and the phone proven by WeChat or by an SMS code. */
import { bindCard, sendBindingCode } from '@/api/account'
import { asProblem } from '@h5/api/problem'
import { shownProblem, type ShownProblem } from '@/views/problem'

const COOL_DOWN_S = 60
const LAST4 = /^\d{4}$/
const PHONE = /^1\d{10}$/
const OTP = /^\d{6}$/

type Field = 'last4' | 'phone' | 'otp'
type PhoneEvent = WechatMiniprogram.CustomEvent<{ code?: string; errMsg: string }>

Component({
  data: {
    last4: '',
    phone: '',
    otp: '',
    bySms: false,
    wait: 0,
    busy: false,
    problem: null as ShownProblem | null,
    told: '',
    /** Who deleted their account begins anew by binding once more; the code they had is used up. */
    comeBack: false,
  },
  lifetimes: {
    detached() {
      this.setData({ wait: 0 })
    },
  },
  methods: {
    type(event: WechatMiniprogram.CustomEvent<{ value: string }, object, { field: Field }>) {
      this.setData({ [event.currentTarget.dataset.field]: event.detail.value })
    },
    /** WeChat's button was tapped: with a code the holder allowed it, without one they did not, or WeChat could not. */
    async byPhone(event: PhoneEvent) {
      const { code } = event.detail
      if (code) await this.bind({ phone_code: code })
      else this.setData({ bySms: true, told: '也可以用短信验证码绑定' })
    },
    sms() {
      this.setData({ bySms: true, told: '' })
    },
    async sendCode() {
      if (this.data.wait > 0) return
      if (!PHONE.test(this.data.phone)) return this.setData({ told: '请输入 11 位手机号' })
      await this.guarded(async () => {
        await sendBindingCode(this.data.phone)
        this.setData({ told: '验证码已发送，请查看手机短信', wait: COOL_DOWN_S })
        this.coolDown()
      })
    },
    coolDown() {
      setTimeout(() => {
        if (this.data.wait === 0) return
        this.setData({ wait: this.data.wait - 1 })
        this.coolDown()
      }, 1000)
    },
    async byCode() {
      if (!OTP.test(this.data.otp)) return this.setData({ told: '请输入 6 位验证码' })
      await this.bind({ otp: this.data.otp })
    },
    async bind(proof: { phone_code: string } | { otp: string }) {
      if (!LAST4.test(this.data.last4)) return this.setData({ told: '请输入卡号后四位' })
      await this.guarded(async () => {
        await bindCard({ card_last4: this.data.last4, come_back: this.data.comeBack, ...proof })
        void wx.showToast({ title: '绑定成功', icon: 'success' })
        this.triggerEvent('bound')
      })
    },
    async guarded(work: () => Promise<void>) {
      if (this.data.busy) return
      this.setData({ busy: true, problem: null, told: '' })
      try {
        await work()
      } catch (error) {
        const problem = asProblem(error)
        this.setData({ problem: shownProblem(problem), comeBack: this.data.comeBack || problem.code === 'account.erased' })
      }
      this.setData({ busy: false })
    },
  },
})
