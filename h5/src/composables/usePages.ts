import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { Page } from '@/api/client'

interface Pages<T> {
  /** null until the first answer. */
  items: ShallowRef<T[] | null>
  cursor: Ref<string | null>
  load: () => Promise<void>
  more: () => Promise<void>
}

/** A list read page by page; a reload replaces what is shown only when its answer is there. */
export function usePages<T>(fetchPage: (cursor: string | null) => Promise<Page<T>>): Pages<T> {
  const items = shallowRef<T[] | null>(null)
  const cursor = ref<string | null>(null)
  let generation = 0

  async function load(): Promise<void> {
    const mine = ++generation
    const page = await fetchPage(null)
    if (mine !== generation) return
    items.value = page.items
    cursor.value = page.next_cursor
  }

  async function more(): Promise<void> {
    const mine = generation
    const page = await fetchPage(cursor.value)
    if (mine !== generation) return
    items.value = [...(items.value ?? []), ...page.items]
    cursor.value = page.next_cursor
  }
  return { items, cursor, load, more }
}
