/** Where a link of a message leads here: the platform names its own pages, which are not all in the mini-program. */

const TABS: Record<string, string> = {
  '/tasks': '/pages/tasks/index',
  '/coupons': '/pages/coupons/index',
  '/me': '/pages/me/index',
}
const PAGES: Record<string, string> = {
  '/coupon-offers': '/pages/offers/index',
  '/benefits': '/pages/benefits/index',
  '/messages': '/pages/messages/index',
  '/privacy': '/pages/privacy/index',
}

/** Opens the page a link means; one we do not have is left alone. */
export function follow(link: string): void {
  const path = link.replace(/[?#].*$/, '')
  const [, task] = /^\/tasks\/([^/]+)$/.exec(path) ?? []
  if (task) return void wx.navigateTo({ url: `/pages/task/index?task=${task}` })
  const tab = TABS[path] ?? (path.startsWith('/coupons/') ? TABS['/coupons'] : undefined)
  if (tab) return void wx.switchTab({ url: tab })
  const page = PAGES[path]
  if (page) void wx.navigateTo({ url: page })
}

/** Whether `follow` would lead anywhere. */
export function leads(link: string | null): boolean {
  const path = (link ?? '').replace(/[?#].*$/, '')
  return path in TABS || path in PAGES || /^\/(tasks|coupons)\/[^/]+$/.test(path)
}
