/** Good news over whatever page is open, each claim told once: one may be heard of as completed and as rewarded. */
import { listen, type Change } from './live'

const told = new Set<string>()

function wordsFor({ event, data }: Change): string | null {
  if (event === 'coupon.issued') return '收到一张券'
  if (event !== 'task.completed' && event !== 'task.rewarded') return null
  const claim = String(data.claim_id)
  if (told.has(claim)) return null
  told.add(claim)
  return '任务完成'
}

/** Listens for as long as the mini-program lives. */
export function announce(): void {
  listen(['task.', 'coupon.'], (changes) => {
    const words = changes.map(wordsFor).filter((word) => word !== null)
    const title = words.includes('任务完成') ? '任务完成' : words[0]
    if (title) void wx.showToast({ title, icon: 'success' })
  })
}
