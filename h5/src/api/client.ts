/** The one door to `/api/v1`: JSON in and out, the session in its HttpOnly cookie, every failure a Problem. */
import { deviceId } from '@/device'
import { hearTime, serverNow } from '@/serverTime'
import { keep, recall } from './kept'
import { Problem } from './problem'

const BASE = '/api/v1'
const TIMEOUT_MS = 15_000

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

interface Options {
  query?: Record<string, string | number | null | undefined>
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

let onSignedOut: () => void = () => undefined

/** Called once by the application: what to do when the session is over. */
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler
}

let onChallenge: (id: string) => Promise<boolean> = () => Promise.resolve(false)

/** Called once by the application: how the customer is asked for a code; true once they told it. */
export function whenChallenged(handler: typeof onChallenge): void {
  onChallenge = handler
}

function address(path: string, query: Options['query'] = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return `${BASE}${path}${text && `?${text}`}`
}

async function problemOf(response: Response): Promise<Problem> {
  const document = await response.json().catch(() => ({}))
  return new Problem({ code: 'http', ...document, status: response.status })
}

/** As `attempt`; what is refused until the customer has told a code is repeated then, once. */
async function send<T>(method: string, path: string, options: Options = {}): Promise<T> {
  try {
    return await attempt<T>(method, path, options)
  } catch (error) {
    const challenge = error instanceof Problem && error.code === 'risk.challenge' ? error.about.challenge_id : undefined
    if (!challenge || !(await onChallenge(challenge))) throw error
  }
  return attempt<T>(method, path, options)
}

/** Sends one request. Throws a Problem, or the browser's AbortError when `signal` was aborted by the caller. */
async function attempt<T>(method: string, path: string, options: Options): Promise<T> {
  const controller = new AbortController()
  const cancel = (): void => controller.abort()
  options.signal?.addEventListener('abort', cancel)
  const timer = setTimeout(cancel, TIMEOUT_MS)
  try {
    const hasBody = options.body !== undefined
    const sentAt = Date.now()
    const response = await fetch(address(path, options.query), {
      method,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        ...(hasBody ? { 'Content-Type': 'application/json' } : {}),
        ...(method === 'POST' ? { 'X-Device-Id': deviceId() } : {}),
        ...options.headers,
      },
      body: hasBody ? JSON.stringify(options.body) : undefined,
      signal: controller.signal,
    })
    hearTime(response.headers.get('date'), sentAt, Date.now())
    if (!response.ok) throw await problemOf(response)
    return (response.status === 204 ? undefined : await response.json()) as T
  } catch (error) {
    if (options.signal?.aborted) throw error
    if (error instanceof Problem) {
      if (error.status === 401 && path !== '/sessions') onSignedOut()
      throw error
    }
    throw new Problem({ status: 0, code: controller.signal.aborted ? 'timeout' : 'network' })
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', cancel)
  }
}

/** Reads. Where the network fails and the same was read before, the answer is that of then (see `kept`). */
export async function get<T>(path: string, query?: Options['query'], signal?: AbortSignal): Promise<T> {
  const url = address(path, query)
  try {
    const body = await send<T>('GET', path, { query, signal })
    keep(url, body, serverNow())
    return body
  } catch (error) {
    const before = error instanceof Problem && error.status === 0 ? recall(url) : null
    if (!before) throw error
    return before.body as T
  }
}

export const post = <T>(path: string, body?: unknown, options: Omit<Options, 'body'> = {}): Promise<T> =>
  send<T>('POST', path, { ...options, body })

export const put = <T>(path: string, body: unknown): Promise<T> => send<T>('PUT', path, { body })

/** Where a browser goes by itself, to another page or to save a file. */
export const hrefOf = (path: string, query?: Options['query']): string => address(path, query)

export const remove = (path: string): Promise<void> => send<void>('DELETE', path)
