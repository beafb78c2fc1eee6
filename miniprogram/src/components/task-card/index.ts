/** One task in the list: opens by a tap, is claimed by its button. */
import type { TaskView } from '@/views/tasks'

Component({
  properties: {
    task: { type: Object, value: {} as TaskView },
    claiming: Boolean,
  },
  methods: {
    open() {
      void wx.navigateTo({ url: `/pages/task/index?task=${encodeURIComponent(this.data.task.task)}` })
    },
    claim() {
      this.triggerEvent('claim', { task: this.data.task.task })
    },
  },
})
