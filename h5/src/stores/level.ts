import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { fetchExperience, fetchLevel, type LevelTable } from '@/api/level'
import { usePages } from '@/composables/usePages'

export const useLevel = defineStore('level', () => {
  const table = ref<LevelTable | null>(null)
  const entries = usePages(fetchExperience)

  async function load(): Promise<void> {
    const [fresh] = await Promise.all([fetchLevel(), entries.load()])
    table.value = fresh
  }

  const hasMore = computed(() => entries.cursor.value !== null)
  return { table, entries: entries.items, hasMore, load, more: entries.more }
})
