/** What every page does to show something: read it, say what went wrong, read it again. */
import { hasAgreed } from '@/state/privacy'
import { comeBack } from '@/state/session'
import { fail, shownProblem, type ShownProblem } from './problem'

export interface Reading {
  /** There is something to show. */
  ready: boolean
  busy: boolean
  problem: ShownProblem | null
  /** Nothing is read before the customer has agreed to the privacy policy. */
  gate: boolean
}

export const unread = (): Reading => ({ ready: false, busy: false, problem: null, gate: false })

interface Page {
  data: Reading
  setData(data: object): void
}

/** Pages asked to read again while they are reading. */
const again = new WeakSet<Page>()

/** Puts what `work` answers into the page's data. With something on show a failure is only said over it. */
export async function read(page: Page, work: () => Promise<object>): Promise<void> {
  if (page.data.busy) {
    again.add(page)
    return
  }
  page.setData({ busy: true })
  try {
    if (await hasAgreed()) page.setData({ ...(await work()), ready: true, problem: null, gate: false })
    else page.setData({ ready: false, problem: null, gate: true })
  } catch (error) {
    if (page.data.ready) fail('没有刷新成功', error)
    else page.setData({ problem: shownProblem(error) })
  }
  page.setData({ busy: false })
  void wx.stopPullDownRefresh()
  if (again.delete(page)) await read(page, work)
}

/** The customer asked for it: whoever had left comes back by that. */
export function retry(page: Page, work: () => Promise<object>): Promise<void> {
  comeBack()
  return read(page, work)
}
