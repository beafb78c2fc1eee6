/** Short messages over the page: good news, confirmations, and failures of a tap. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { Problem } from '@/api/problem'
import type { IconName } from '@/components/icons'

export interface Notice {
  id: number
  tone: 'good' | 'plain' | 'bad'
  icon: IconName
  title: string
  text: string
  to?: string
}

const LIFE_MS = { good: 6000, plain: 3500, bad: 8000 }
const SHOWN_AT_ONCE = 3

export const useNotices = defineStore('notices', () => {
  const shown = ref<Notice[]>([])
  let next = 1

  function dismiss(id: number): void {
    shown.value = shown.value.filter((notice) => notice.id !== id)
  }

  function show(notice: Omit<Notice, 'id'>): void {
    const id = next++
    shown.value = [...shown.value.slice(1 - SHOWN_AT_ONCE), { ...notice, id }]
    setTimeout(() => dismiss(id), LIFE_MS[notice.tone])
  }

  function fail(title: string, problem: Problem): void {
    const trace = problem.traceId && `（编号 ${problem.traceId}）`
    show({ tone: 'bad', icon: 'alert', title, text: `${problem.text}${trace}` })
  }

  return { shown, show, dismiss, fail }
})
