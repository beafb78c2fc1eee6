/** Own benefits as wxml needs them. */
import type { BenefitGrant, GrantState } from '@/api/schema'
import { yuan } from '@h5/format/money'
import { day } from '@h5/format/time'

const STATES: Record<GrantState, string> = {
  issuing: '发放中',
  granted: '待使用',
  redeeming: '待核销',
  redeemed: '已领用',
  expired: '已过期',
  voided: '已收回',
  failed: '未能发放',
}
const NOTES: Partial<Record<GrantState, string>> = {
  issuing: '权益商正在发放，通常几秒内完成，本页会自动更新。',
  failed: '权益商未能发放这项权益；若由经验兑换，经验已退回。',
  voided: '得到它的条件已不再满足（例如消费已退货）。您还没有使用它，因此只是收回，不会影响其他奖励。',
}
const OPEN: GrantState[] = ['granted', 'redeeming', 'redeemed']

export interface GrantView {
  id: string
  name: string
  stateText: string
  worth: string
  note: string
  canOpen: boolean
  action: string
}

export function grantView(grant: BenefitGrant): GrantView {
  const replaced = Boolean(grant.substitute_id)
  return {
    id: grant.grant_id,
    name: grant.name,
    stateText: replaced ? '已更换' : STATES[grant.state],
    worth: grant.face_value_fen ? `价值 ${yuan(grant.face_value_fen)} 元` : '',
    note: replaced
      ? '原权益商已停止服务，已为您换成另一项权益，请在列表中查看。'
      : (NOTES[grant.state] ?? `有效期至 ${day(grant.valid_until)}`),
    canOpen: !replaced && OPEN.includes(grant.state),
    action: grant.state === 'granted' ? '立即领用' : '查看领用信息',
  }
}
