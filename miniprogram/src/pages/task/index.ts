import { claimTask, fetchTask } from '@/api/tasks'
import { canAskForMessages, askForMessages } from '@/views/messages'
import { fail } from '@/views/problem'
import { read, retry, unread } from '@/views/reading'
import { actionText, facts, pathView, taskView, type StepView, type TaskView } from '@/views/tasks'
import { unwatch, watch } from '@/views/watching'

Component({
  data: {
    ...unread(),
    code: '',
    task: null as TaskView | null,
    claimId: '',
    description: '',
    facts: [] as { name: string; text: string }[],
    path: [] as StepView[],
    action: '',
    claiming: false,
    explaining: false,
    /** Offered once, right after the task was taken: then it is plain what the message would be about. */
    offerMessages: false,
  },
  methods: {
    onLoad({ task }: { task?: string }) {
      this.setData({ code: decodeURIComponent(task ?? '') })
    },
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
      const task = await fetchTask(this.data.code)
      return {
        task: taskView(task, Date.now()),
        claimId: task.claim?.claim_id ?? '',
        description: task.description,
        facts: facts(task),
        path: pathView(task.path ?? [], task.task),
        action: actionText(task),
      }
    },
    async claim() {
      if (this.data.claiming || !this.data.task?.claimable) return
      this.setData({ claiming: true })
      try {
        await claimTask(this.data.code)
        await this.load()
        this.setData({ offerMessages: canAskForMessages() })
        void wx.showToast({ title: '领取成功', icon: 'success' })
      } catch (error) {
        fail('没有领取成功', error)
      }
      this.setData({ claiming: false })
    },
    async wantMessages() {
      this.setData({ offerMessages: false })
      await askForMessages()
    },
    explain() {
      this.setData({ explaining: true })
    },
    shut() {
      this.setData({ explaining: false })
    },
  },
})
