/** One request over wx.request; every failure is a Problem. */
import { Problem } from '@h5/api/problem'
import { deviceId } from './device'
import type { Method } from './schema'

const TIMEOUT_MS = 15_000

export interface Sent {
  method: Method
  /** With its query. */
  address: string
  headers: Record<string, string>
  body: unknown
}

function failed(said: string): Problem {
  return new Problem({ status: 0, code: /timeout/i.test(said) ? 'timeout' : 'network' })
}

/** The answer's JSON, undefined without one. Throws a Problem. */
export async function send(sent: Sent): Promise<unknown> {
  if (sent.method !== 'post') return ask(sent)
  return ask({ ...sent, headers: { 'X-Device-Id': await deviceId(), ...sent.headers } })
}

function ask({ method, address, headers, body }: Sent): Promise<unknown> {
  return new Promise((resolve, reject) => {
    wx.request({
      url: `${API_ORIGIN}${address}`,
      method: method.toUpperCase() as 'GET' | 'POST' | 'PUT' | 'DELETE',
      timeout: TIMEOUT_MS,
      // wx.request would send form fields without a content type of ours.
      header: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      data: body === undefined ? undefined : JSON.stringify(body),
      success: ({ statusCode, data }) => {
        if (statusCode < 300) return resolve(statusCode === 204 ? undefined : data)
        const document = typeof data === 'object' ? (data as Record<string, unknown>) : {}
        reject(new Problem({ code: 'http', ...document, status: statusCode }))
      },
      fail: ({ errMsg }) => reject(failed(errMsg)),
    })
  })
}
