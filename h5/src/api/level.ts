import { get, type Page } from './client'

export interface LevelRow {
  rank: number
  name: string
  threshold: number
  benefits: string[]
  reached: boolean
  current: boolean
}

export interface LevelTable {
  table: string
  version: number
  experience: number
  current: { rank: number; name: string; threshold: number }
  next: { rank: number; name: string; threshold: number; missing: number } | null
  levels: LevelRow[]
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
