import { get } from './client'
import type { Condition } from './tasks'

/** A transaction, or something the customer did, and what became of it; `amount_fen` is net of refunds. */
export interface Occurrence {
  occurred_at: string
  merchant: string | null
  amount_fen: number | null
  code: string
  text: string
}

/** `missing` is in `unit` and due before `until`; each list holds the latest ten, newest first. */
export interface ExplainedCondition extends Condition {
  missing: number
  until: string | null
  text: string
  counted: Occurrence[]
  not_counted: Occurrence[]
  deducted: Occurrence[]
}

/** `changed` tells of the last time a new version of the task moved the progress. */
export interface Explanation {
  claim_id: string
  task: string
  done: boolean
  expires_at: string | null
  text: string
  changed: string | null
  conditions: ExplainedCondition[]
}

export const fetchExplanation = (claim: string): Promise<Explanation> =>
  get(`/claims/${encodeURIComponent(claim)}/explanation`)
