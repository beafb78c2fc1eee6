import { defineStore } from 'pinia'
import { ref } from 'vue'
import { serverNow } from '@/serverTime'
import { fetchMessages, markAllRead, markRead, type Message } from '@/api/messages'

export const useMessages = defineStore('messages', () => {
  const items = ref<Message[] | null>(null)
  const cursor = ref<string | null>(null)
  const unread = ref(0)

  async function load(): Promise<void> {
    const page = await fetchMessages()
    items.value = page.items
    cursor.value = page.next_cursor
    unread.value = page.unread
  }

  async function more(): Promise<void> {
    const page = await fetchMessages(cursor.value)
    items.value = [...(items.value ?? []), ...page.items]
    cursor.value = page.next_cursor
    unread.value = page.unread
  }

  /** Only how many wait, for the badge. */
  async function count(): Promise<void> {
    unread.value = (await fetchMessages(null, 1)).unread
  }

  async function read(message: Message): Promise<void> {
    if (message.read_at) return
    await markRead(message.message_id)
    message.read_at = new Date(serverNow()).toISOString()
    unread.value = Math.max(0, unread.value - 1)
  }

  async function readAll(): Promise<void> {
    await markAllRead()
    await load()
  }

  /** Something was written or read elsewhere. */
  const moved = (): Promise<void> => (items.value ? load() : count())

  return { items, cursor, unread, load, more, count, read, readAll, moved }
})
