/** WeChat's own messages: each permission is good for one, and is asked for by a tap only. */

export const canAskForMessages = (): boolean => SUBSCRIBE_TEMPLATES.length > 0

/** Refusing is an answer like any other; what was allowed the platform hears from WeChat. */
export async function askForMessages(): Promise<void> {
  try {
    const answer: Record<string, string> = await wx.requestSubscribeMessage({ tmplIds: SUBSCRIBE_TEMPLATES })
    const allowed = SUBSCRIBE_TEMPLATES.some((template) => answer[template] === 'accept')
    void wx.showToast({ title: allowed ? '完成时会通知您' : '可随时在消息中查看', icon: 'none' })
  } catch {
    void wx.showToast({ title: '微信没有开启提醒，可在消息中查看', icon: 'none' })
  }
}
