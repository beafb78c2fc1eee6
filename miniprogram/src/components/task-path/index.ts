/** The chain or pool around a task: what is done, where the customer is, what comes next. */
import type { StepView } from '@/views/tasks'

Component({
  properties: {
    steps: { type: Array, value: [] as StepView[] },
  },
  methods: {
    open(event: WechatMiniprogram.TouchEvent<object, object, { task: string }>) {
      const { task } = event.currentTarget.dataset
      if (task) void wx.navigateTo({ url: `/pages/task/index?task=${encodeURIComponent(task)}` })
    },
  },
})
