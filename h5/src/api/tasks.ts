import { get, post, type Page } from './client'

export type TaskKind = 'newcomer' | 'daily' | 'growth'
export type TaskState = 'available' | 'claimed' | 'completed' | 'rewarded' | 'expired'

export interface Condition {
  label: string
  current: number
  target: number
  unit: string
  done: boolean
}

export interface Reward {
  kind: 'experience' | 'coupon' | 'benefit'
  name: string
  amount: number
}

export interface Task {
  task: string
  name: string
  kind: TaskKind
  summary: string
  state: TaskState
  claim_mode: 'manual' | 'automatic'
  claim: { claim_id: string; claimed_at: string; expires_at: string | null } | null
  progress: { percent: number; conditions: Condition[]; rule: string }
  rewards: Reward[]
  /** Recommended to this customer by what they completed. */
  offered: boolean
}

/** A task of the same chain or pool; one without a page has no code, one that is not for them no name. */
export interface PathStep {
  task: string | null
  name: string | null
  state: 'done' | 'now' | 'next' | 'expired'
  choice: boolean
}

export interface TaskDetail extends Task {
  description: string
  from: string | null
  until: string | null
  days_to_finish: number | null
  path: PathStep[]
}

const PAGE = 100
const at = (task: string): string => `/tasks/${encodeURIComponent(task)}`

export const fetchTasks = (cursor?: string | null): Promise<Page<Task>> => get('/tasks', { cursor, limit: PAGE })
export const fetchTask = (task: string): Promise<TaskDetail> => get(at(task))
/** Safe to repeat: the server answers the same claim again. */
export const claimTask = (task: string): Promise<{ claim_id: string }> => post(`${at(task)}/claims`)
