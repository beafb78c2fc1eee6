/** Tasks; the types are also what h5/src/format is given here. */
import type { components } from '../../openapi'
import { call } from './client'
import type { Explanation, TaskDetail } from './schema'

type Schemas = components['schemas']
export type Task = Schemas['Task']
export type TaskKind = Task['kind']
export type TaskState = Task['state']
export type Condition = Schemas['Condition']
export type Reward = Schemas['TaskReward']

const PAGE = 100

/** Every task of this customer, however many pages that takes. */
export async function fetchTasks(): Promise<Task[]> {
  const items: Task[] = []
  let cursor: string | null = null
  do {
    const page: Schemas['TaskPage'] = await call('get', '/api/v1/tasks', { query: { limit: PAGE, cursor } })
    items.push(...page.items)
    cursor = page.next_cursor ?? null
  } while (cursor)
  return items
}

export const fetchTask = (task: string): Promise<TaskDetail> => call('get', '/api/v1/tasks/{task}', { path: { task } })

/** Safe to repeat: the server answers the same claim again. */
export const claimTask = (task: string): Promise<Schemas['Claim']> =>
  call('post', '/api/v1/tasks/{task}/claims', { path: { task } })

export const fetchExplanation = (claim_id: string): Promise<Explanation> =>
  call('get', '/api/v1/claims/{claim_id}/explanation', { path: { claim_id } })
