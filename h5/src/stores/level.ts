import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { fetchDebts, type Debt } from '@/api/debts'
import { fetchExperience, fetchLevel, type LevelTable } from '@/api/level'
import { usePages } from '@/composables/usePages'

export const useLevel = defineStore('level', () => {
  const table = ref<LevelTable | null>(null)
  const debts = ref<Debt[]>([])
  const entries = usePages(fetchExperience)

  async function load(): Promise<void> {
    const [fresh, owed] = await Promise.all([fetchLevel(), fetchDebts(), entries.load()])
    table.value = fresh
    debts.value = owed.items
  }

  const hasMore = computed(() => entries.cursor.value !== null)
  return { table, debts, entries: entries.items, hasMore, load, more: entries.more }
})
