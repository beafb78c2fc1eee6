/** Tasks as wxml needs them: every word ready, nothing left to compute. */
import type { Condition, Task, TaskKind } from '@/api/tasks'
import type { PathStep, TaskDetail } from '@/api/schema'
import { KINDS, inOrder, isClaimable, isFinished, isRunning, measure, rewardText, share, stateText } from '@h5/format/tasks'
import { moment, remaining } from '@h5/format/time'

export type Filter = 'all' | 'available' | 'claimed' | 'finished'

const FITS: Record<Filter, (task: Task) => boolean> = {
  all: () => true,
  available: isClaimable,
  claimed: isRunning,
  finished: isFinished,
}

export const NO_TASKS: Record<Filter, string> = {
  all: '暂时没有任务',
  available: '可领取的任务都领完了',
  claimed: '还没有进行中的任务',
  finished: '还没有完成的任务',
}

export interface ConditionView {
  label: string
  measure: string
  share: number
  /** A yes or no has none. */
  bar: boolean
  done: boolean
}

export interface TaskView {
  task: string
  name: string
  kind: TaskKind
  kindTitle: string
  summary: string
  state: Task['state']
  stateText: string
  offered: boolean
  claimable: boolean
  running: boolean
  finished: boolean
  percent: number
  rule: string
  conditions: ConditionView[]
  rewards: string[]
  left: string
  urgent: boolean
}

export const conditionView = (condition: Condition): ConditionView => ({
  label: condition.label,
  measure: measure(condition),
  share: share(condition),
  bar: condition.unit !== 'done',
  done: condition.done,
})

export function taskView(task: Task, now: number): TaskView {
  const until = task.state === 'claimed' ? task.claim?.expires_at : null
  const left = until ? remaining(until, now) : null
  return {
    task: task.task,
    name: task.name,
    kind: task.kind,
    kindTitle: KINDS.find(({ kind }) => kind === task.kind)?.title ?? '',
    summary: task.summary,
    state: task.state,
    stateText: stateText(task),
    offered: task.offered,
    claimable: isClaimable(task),
    running: task.state === 'claimed',
    finished: isFinished(task),
    percent: task.progress.percent,
    rule: task.progress.rule,
    conditions: task.progress.conditions.map(conditionView),
    rewards: task.rewards.map(rewardText),
    left: left?.text ?? '',
    urgent: left?.urgent ?? false,
  }
}

export interface Group {
  kind: TaskKind
  title: string
  total: number
  done: number
  shown: TaskView[]
}

/** By kind, what needs the customer first; kinds without a fitting task are left out. */
export function groups(tasks: Task[], filter: Filter, now: number): Group[] {
  return KINDS.map(({ kind, title }) => {
    const all = tasks.filter((task) => task.kind === kind)
    const shown = inOrder(all.filter(FITS[filter])).map((task) => taskView(task, now))
    return { kind, title, total: all.length, done: all.filter(isFinished).length, shown }
  }).filter((group) => group.shown.length > 0)
}

export function tabs(tasks: Task[]): { key: Filter; text: string }[] {
  const amount = (filter: Filter): string => {
    const count = tasks.filter(FITS[filter]).length
    return count ? ` ${count}` : ''
  }
  return [
    { key: 'all', text: '全部' },
    { key: 'available', text: `可领取${amount('available')}` },
    { key: 'claimed', text: `进行中${amount('claimed')}` },
    { key: 'finished', text: '已完成' },
  ]
}

const STEP_TEXT: Record<PathStep['state'], string> = {
  done: '已完成',
  now: '当前任务',
  next: '完成上一步后开启',
  expired: '已过期',
}
const CHOICE_TEXT: Partial<Record<PathStep['state'], string>> = { now: '为你推荐', next: '完成后可能为你推荐' }

export interface StepView {
  key: string
  task: string
  name: string
  state: PathStep['state']
  text: string
  here: boolean
}

export const pathView = (path: PathStep[], here: string): StepView[] =>
  path.map((step, index) => ({
    key: step.task ?? `hidden-${index}`,
    task: step.task !== here ? (step.task ?? '') : '',
    name: step.name ?? '神秘任务',
    state: step.state,
    text: (step.choice && CHOICE_TEXT[step.state]) || STEP_TEXT[step.state],
    here: step.task === here,
  }))

export function facts(task: TaskDetail): { name: string; text: string }[] {
  const rows: { name: string; text: string }[] = []
  if (task.from || task.until) {
    const [from, until] = [task.from ? moment(task.from) : '即日', task.until ? moment(task.until) : '长期']
    rows.push({ name: '活动时间', text: `${from} 至 ${until}` })
  }
  if (task.claim) rows.push({ name: '领取时间', text: moment(task.claim.claimed_at) })
  if (task.claim?.expires_at) rows.push({ name: '完成截止', text: moment(task.claim.expires_at) })
  else if (task.days_to_finish) rows.push({ name: '完成期限', text: `领取后 ${task.days_to_finish} 天内` })
  rows.push({ name: '参加方式', text: task.claim_mode === 'automatic' ? '自动参加，无需领取' : '手动领取后开始计算' })
  return rows
}

export function actionText(task: Task): string {
  if (task.state === 'available') return task.claim_mode === 'automatic' ? '自动参加，达成即完成' : '领取任务'
  if (task.state === 'claimed') return '进行中'
  if (task.state === 'completed') return '已完成 · 奖励发放中'
  return task.state === 'rewarded' ? '已完成 · 奖励已到账' : '已过期'
}
