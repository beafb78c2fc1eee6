import { fetchMessages, markAllRead, markRead } from '@/api/account'
import type { Message } from '@/api/schema'
import { moment } from '@h5/format/time'
import { follow, leads } from '@/views/links'
import { fail } from '@/views/problem'
import { read, retry, unread } from '@/views/reading'
import { unwatch, watch } from '@/views/watching'

interface MessageView {
  id: string
  title: string
  body: string
  link: string
  leads: boolean
  when: string
  fresh: boolean
}

const view = (message: Message): MessageView => ({
  id: message.message_id,
  title: message.title,
  body: message.body,
  link: message.link ?? '',
  leads: leads(message.link),
  when: moment(message.created_at),
  fresh: !message.read_at,
})

Component({
  data: {
    ...unread(),
    messages: [] as MessageView[],
    unread: 0,
    cursor: null as string | null,
    further: false,
    readingAll: false,
  },
  methods: {
    onShow() {
      watch(this, ['message.'], () => void this.load())
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
      return read(this, () => this.fetch(null))
    },
    again() {
      void retry(this, () => this.fetch(null))
    },
    async fetch(cursor: string | null) {
      const page = await fetchMessages(cursor)
      return { messages: page.items.map(view), unread: page.unread, cursor: page.next_cursor ?? null }
    },
    async onReachBottom() {
      const { cursor, further, busy } = this.data
      if (!cursor || further || busy) return
      this.setData({ further: true })
      try {
        const more = await this.fetch(cursor)
        if (cursor === this.data.cursor) {
          this.setData({ ...more, messages: [...this.data.messages, ...more.messages] })
        }
      } catch (error) {
        fail('没有加载成功', error)
      }
      this.setData({ further: false })
    },
    /** Opening a message reads it; where it leads somewhere, that page follows whether or not the reading was noted. */
    async open(event: WechatMiniprogram.TouchEvent<object, object, { index: number }>) {
      const message = this.data.messages[event.currentTarget.dataset.index]
      if (!message) return
      const noted = message.fresh ? markRead(message.id).catch(() => undefined) : undefined
      if (message.leads) follow(message.link)
      await noted
      if (noted) await this.load()
    },
    async readAll() {
      if (this.data.readingAll) return
      this.setData({ readingAll: true })
      try {
        await markAllRead()
        await this.load()
      } catch (error) {
        fail('没有设置成功', error)
      }
      this.setData({ readingAll: false })
    },
  },
})
