/** Words and order for tasks. */
import type { Condition, Reward, Task, TaskKind, TaskState } from '@/api/tasks'
import { count, yuan } from './money'

export const KINDS: { kind: TaskKind; title: string }[] = [
  { kind: 'newcomer', title: '新手任务' },
  { kind: 'daily', title: '日常任务' },
  { kind: 'growth', title: '成长任务' },
]

const STATE_TEXT: Record<TaskState, string> = {
  available: '可领取',
  claimed: '进行中',
  completed: '已完成',
  rewarded: '已完成',
  expired: '已过期',
}

const UNITS: Record<string, string> = { fen: '元', days: '天', merchants: '家' }
const COUNTED_AS_TRANSACTIONS = /笔|消费|交易|分期|取现|还款/

const RANK: Record<TaskState, number> = { claimed: 0, available: 1, completed: 2, rewarded: 3, expired: 4 }

function unitOf(condition: Condition): string {
  if (condition.unit === 'times') return COUNTED_AS_TRANSACTIONS.test(condition.label) ? '笔' : '次'
  return UNITS[condition.unit] ?? ''
}

/** "120.00 / 300.00 元", "2 / 5 笔", and for a yes-or-no condition "已完成" or "未完成". */
export function measure(condition: Condition): string {
  if (condition.unit === 'done') return condition.done ? '已完成' : '未完成'
  const shown = condition.unit === 'fen' ? yuan : count
  return `${shown(condition.current)} / ${shown(condition.target)} ${unitOf(condition)}`.trim()
}

/** 0 to 100; never 100 before the condition is done, so that a full bar can be trusted. */
export function share(condition: Condition): number {
  if (condition.done) return 100
  if (condition.target <= 0) return 0
  return Math.min(99, Math.max(0, Math.floor((condition.current / condition.target) * 100)))
}

export function rewardText(reward: Reward): string {
  if (reward.kind === 'experience') return `+${count(reward.amount)} 经验`
  return reward.amount > 1 ? `${reward.name} ×${reward.amount}` : reward.name
}

/** The customer has to take it; an automatic task is under way without that. */
export const isClaimable = (task: Task): boolean => task.state === 'available' && task.claim_mode === 'manual'

export const isRunning = (task: Task): boolean =>
  task.state === 'claimed' || (task.state === 'available' && task.claim_mode === 'automatic')

export function stateText(task: Task): string {
  return task.state === 'available' && isRunning(task) ? '自动参加' : STATE_TEXT[task.state]
}

export const isFinished = (task: Task): boolean => task.state === 'completed' || task.state === 'rewarded'

/** What needs the customer comes first: running claims by deadline, then what is recommended, then what else can be
 * claimed, then the past. */
export function inOrder(tasks: Task[]): Task[] {
  const deadline = (task: Task): number => Date.parse(task.claim?.expires_at ?? '') || Number.MAX_SAFE_INTEGER
  return [...tasks].sort(
    (a, b) => RANK[a.state] - RANK[b.state] || Number(b.offered) - Number(a.offered) || deadline(a) - deadline(b),
  )
}
