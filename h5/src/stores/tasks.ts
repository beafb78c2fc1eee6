import { defineStore } from 'pinia'
import { computed, reactive } from 'vue'
import { claimTask, fetchTask, fetchTasks, type Task, type TaskDetail } from '@/api/tasks'
import { usePages } from '@/composables/usePages'

export const useTasks = defineStore('tasks', () => {
  const { items, cursor, load, more } = usePages(fetchTasks)
  const details = reactive(new Map<string, TaskDetail>())
  const claiming = reactive(new Set<string>())

  /** Reads one task anew and puts it where the list shows it. */
  async function refresh(code: string): Promise<TaskDetail> {
    const fresh = await fetchTask(code)
    details.set(code, fresh)
    items.value = items.value?.map((task): Task => (task.task === code ? fresh : task)) ?? null
    return fresh
  }

  /** A second call while the first is under way does nothing. */
  async function claim(code: string): Promise<void> {
    if (claiming.has(code)) return
    claiming.add(code)
    try {
      await claimTask(code)
      await refresh(code)
    } finally {
      claiming.delete(code)
    }
  }

  const hasMore = computed(() => cursor.value !== null)
  return { items, hasMore, details, claiming, load, more, refresh, claim }
})
