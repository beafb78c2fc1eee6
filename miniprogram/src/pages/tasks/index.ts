import { claimTask, fetchTasks, type Task } from '@/api/tasks'
import { fail } from '@/views/problem'
import { read, retry, unread } from '@/views/reading'
import { NO_TASKS, groups, tabs, type Filter, type Group } from '@/views/tasks'
import { unwatch, watch } from '@/views/watching'

Component({
  data: {
    ...unread(),
    tasks: [] as Task[],
    filter: 'all' as Filter,
    tabs: tabs([]),
    groups: [] as Group[],
    nothing: NO_TASKS.all,
    claiming: '',
  },
  methods: {
    onShow() {
      watch(this, ['task.'], () => void this.load())
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
      const tasks = await fetchTasks()
      return { tasks, tabs: tabs(tasks), groups: groups(tasks, this.data.filter, Date.now()) }
    },
    choose({ detail: { key } }: WechatMiniprogram.CustomEvent<{ key: Filter }>) {
      this.setData({ filter: key, nothing: NO_TASKS[key], groups: groups(this.data.tasks, key, Date.now()) })
    },
    all() {
      this.choose({ detail: { key: 'all' } } as WechatMiniprogram.CustomEvent<{ key: Filter }>)
    },
    async claim({ detail: { task } }: WechatMiniprogram.CustomEvent<{ task: string }>) {
      if (this.data.claiming) return
      this.setData({ claiming: task })
      try {
        await claimTask(task)
        await this.load()
        void wx.showToast({ title: '领取成功', icon: 'success' })
      } catch (error) {
        fail('没有领取成功', error)
      }
      this.setData({ claiming: '' })
    },
  },
})
