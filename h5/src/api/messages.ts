import { get, post, type Page } from './client'

export interface Message {
  message_id: string
  title: string
  body: string
  /** The page of ours it leads to. */
  link: string | null
  category: 'service' | 'marketing'
  created_at: string
  read_at: string | null
}

export interface MessagePage extends Page<Message> {
  unread: number
}

export const fetchMessages = (cursor?: string | null, limit = 20): Promise<MessagePage> =>
  get('/messages', { cursor, limit })
export const markRead = (id: string): Promise<void> => post(`/messages/${encodeURIComponent(id)}/read`)
export const markAllRead = (): Promise<void> => post('/messages/read')
