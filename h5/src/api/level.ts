import { get, type Page } from './client'

export interface LevelRow {
  rank: number
  name: string
  threshold: number
  /** What its holders have as long as they hold it. */
  benefits: string[]
  /** What rising to it earns, once a period. */
  gifts: { kind: 'experience' | 'coupon' | 'benefit'; name: string; amount: number }[]
  /** What has to be earned within each period to keep it. */
  keep: number | null
  reached: boolean
  current: boolean
}

export interface LevelChange {
  before: number
  after: number
  reason: 'rise' | 'fall' | 'renew' | 'clawback' | 'table'
  at: string
}

export interface LevelTable {
  table: string
  version: number
  experience: number
  current: { rank: number; name: string; threshold: number }
  next: { rank: number; name: string; threshold: number; missing: number } | null
  holds_until: string | null
  keep: { needed: number; earned: number; missing: number; by: string } | null
  levels: LevelRow[]
  changes: LevelChange[]
}

export interface ExperienceEntry {
  entry_id: string
  amount: number
  title: string
  created_at: string
}

export const fetchLevel = (): Promise<LevelTable> => get('/level')
export const fetchExperience = (cursor?: string | null): Promise<Page<ExperienceEntry>> =>
  get('/experience', { cursor, limit: 20 })
