import { fetchMe, fetchMessages } from '@/api/account'
import type { Me } from '@/api/schema'
import { signOut } from '@/state/session'
import { count } from '@h5/format/money'
import { read, retry, unread } from '@/views/reading'
import { unwatch, watch } from '@/views/watching'

interface MeView {
  name: string
  bound: boolean
  level: string
  experience: string
  percent: number
  next: string
}

function view({ name, bound, level, experience }: Me): MeView {
  const { rank, next_threshold: threshold, missing } = level
  return {
    name,
    bound,
    level: `Lv.${rank} ${level.name}`,
    experience: count(experience),
    percent: threshold ? Math.floor((experience / threshold) * 100) : 100,
    next: threshold && missing !== null ? `再得 ${count(missing)} 经验升级` : '已是最高等级',
  }
}

Component({
  data: {
    ...unread(),
    me: null as MeView | null,
    messages: '',
    leaving: false,
  },
  methods: {
    onShow() {
      watch(this, ['experience.', 'message.'], () => void this.load())
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
      return read(this, () => this.fetch())
    },
    again() {
      void retry(this, () => this.fetch())
    },
    async fetch() {
      const [me, { unread: waiting }] = await Promise.all([fetchMe(), fetchMessages(null, 1)])
      return { me: view(me), messages: waiting > 99 ? '99+' : waiting ? String(waiting) : '' }
    },
    open(event: WechatMiniprogram.TouchEvent<object, object, { page: string }>) {
      void wx.navigateTo({ url: `/pages/${event.currentTarget.dataset.page}/index` })
    },
    async leave() {
      if (this.data.leaving) return
      const { confirm } = await wx.showModal({ title: '退出登录', content: '退出后需重新登录才能查看。', confirmText: '确认退出' })
      if (!confirm) return
      this.setData({ leaving: true })
      await signOut()
      // Nothing of this customer stays on the pages.
      this.setData({ ...unread(), me: null, messages: '', leaving: false })
      wx.reLaunch({ url: '/pages/me/index' })
    },
  },
})
