/** Why a claim is not done yet: asked for when opened, and again when `percent` moves while it is open. */
import { fetchExplanation } from '@/api/tasks'
import { explanationView, type ExplanationView } from '@/views/explanation'
import { read, retry, unread } from '@/views/reading'

Component({
  properties: {
    claim: String,
    title: String,
    open: Boolean,
    percent: Number,
  },
  data: { ...unread(), explanation: null as ExplanationView | null },
  observers: {
    'open, claim, percent'(open: boolean, claim: string) {
      if (open && claim) void read(this, () => this.explain())
    },
  },
  methods: {
    async explain() {
      return { explanation: explanationView(await fetchExplanation(this.data.claim), Date.now()) }
    },
    again() {
      void retry(this, () => this.explain())
    },
    shut() {
      this.triggerEvent('shut')
    },
  },
})
