/** What a page shows of a Problem: setData takes plain values only. */
import { asProblem } from '@h5/api/problem'
import { SIGNED_OUT } from '@/state/session'

export interface ShownProblem {
  text: string
  traceId: string
  /** What the way on is called. */
  way: string
}

export function shownProblem(error: unknown): ShownProblem {
  const { text, traceId, code } = asProblem(error)
  return { text, traceId, way: code === SIGNED_OUT ? '重新登录' : '重试' }
}

/** A tap that failed: said over the page, with the number to quote to the hotline. */
export function fail(title: string, error: unknown): void {
  const { text, traceId } = shownProblem(error)
  const content = traceId ? `${text}（编号 ${traceId}）` : text
  void wx.showModal({ title, content, showCancel: false, confirmText: '知道了' })
}
