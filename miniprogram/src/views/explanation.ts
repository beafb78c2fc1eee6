/** The "why not yet" of a claim, in words. */
import type { ExplainedCondition, Explanation, Occurrence } from '@/api/schema'
import { yuan } from '@h5/format/money'
import { moment } from '@h5/format/time'
import { conditionView, type ConditionView } from './tasks'

interface OccurrenceView {
  what: string
  text: string
}

interface List {
  title: string
  rows: OccurrenceView[]
}

interface ExplainedView extends ConditionView {
  text: string
  deadline: string
  /** Only those with rows. */
  lists: List[]
}

export interface ExplanationView {
  text: string
  changed: string
  conditions: ExplainedView[]
}

function occurrence({ occurred_at, merchant, amount_fen, text }: Occurrence): OccurrenceView {
  const amount = amount_fen === null ? '' : `${yuan(amount_fen)} 元`
  return { what: [moment(occurred_at), merchant, amount].filter(Boolean).join(' · '), text }
}

function deadline(until: string | null, now: number): string {
  if (!until) return ''
  return Date.parse(until) > now ? `请在 ${moment(until)} 前完成` : `已于 ${moment(until)} 截止`
}

function explained(condition: ExplainedCondition, now: number): ExplainedView {
  const lists = [
    { title: '已计入', rows: condition.counted.map(occurrence) },
    { title: '未计入及原因', rows: condition.not_counted.map(occurrence) },
    { title: '退款扣除', rows: condition.deducted.map(occurrence) },
  ]
  return {
    ...conditionView(condition),
    text: condition.text,
    deadline: condition.done ? '' : deadline(condition.until, now),
    lists: lists.filter(({ rows }) => rows.length > 0),
  }
}

export const explanationView = (explanation: Explanation, now: number): ExplanationView => ({
  text: explanation.text,
  changed: explanation.changed ?? '',
  conditions: explanation.conditions.map((condition) => explained(condition, now)),
})
