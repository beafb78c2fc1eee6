/** The conditions of a task, each with what is reached of it; `bars` draws that as well. */
import type { ConditionView } from '@/views/tasks'

Component({
  properties: {
    conditions: { type: Array, value: [] as ConditionView[] },
    rule: String,
    bars: Boolean,
  },
})
