import { fetchGrants } from '@/api/account'
import { grantView, type GrantView } from '@/views/grants'
import { fail } from '@/views/problem'
import { read, retry, unread } from '@/views/reading'
import { unwatch, watch } from '@/views/watching'

Component({
  data: {
    ...unread(),
    grants: [] as GrantView[],
    cursor: null as string | null,
    further: false,
  },
  methods: {
    onShow() {
      watch(this, ['benefit.'], () => void this.load())
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
      const { items, next_cursor } = await fetchGrants(cursor)
      return { grants: items.map(grantView), cursor: next_cursor ?? null }
    },
    async onReachBottom() {
      const { cursor, further, busy } = this.data
      if (!cursor || further || busy) return
      this.setData({ further: true })
      try {
        const more = await this.fetch(cursor)
        if (cursor === this.data.cursor) this.setData({ ...more, grants: [...this.data.grants, ...more.grants] })
      } catch (error) {
        fail('没有加载成功', error)
      }
      this.setData({ further: false })
    },
  },
})
