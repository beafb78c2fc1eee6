/** What went wrong, the number to quote to the hotline, and a way on. */
import type { ShownProblem } from '@/views/problem'

Component({
  properties: {
    problem: { type: Object, value: {} as ShownProblem },
    busy: Boolean,
  },
  methods: {
    retry() {
      this.triggerEvent('retry')
    },
  },
})
