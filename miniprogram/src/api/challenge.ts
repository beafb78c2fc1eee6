/** A code the customer has to tell before what they asked for goes on. */
import { Problem } from '@h5/api/problem'
import { send } from './transport'

async function sendCode(place: string): Promise<string> {
  try {
    const { phone } = (await send({ method: 'post', address: `${place}/codes`, headers: {}, body: undefined })) as {
      phone: string
    }
    return `发送至 ${phone} 的验证码`
  } catch (error) {
    // The one of a moment ago still holds.
    if (error instanceof Problem && error.code === 'risk.code_just_sent') return '刚才收到的 6 位验证码'
    throw error
  }
}

/** Asks for the code where one is what `error` asks for; true once it was told. Throws a Problem. */
export async function answered(error: unknown): Promise<boolean> {
  const id = error instanceof Problem && error.code === 'risk.challenge' ? error.about.challenge_id : undefined
  if (!id) return false
  const place = `/api/v1/challenges/${encodeURIComponent(id)}`
  const said = await wx.showModal({ title: '短信验证', editable: true, placeholderText: await sendCode(place) })
  if (!said.confirm) return false
  await send({ method: 'post', address: place, headers: {}, body: { code: said.content ?? '' } })
  return true
}
