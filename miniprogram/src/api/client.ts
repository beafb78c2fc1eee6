/** The one door to the platform, typed by its OpenAPI document; signs in by itself where WeChat vouches for the user. */
import { Problem } from '@h5/api/problem'
import { currentToken, dropToken, signIn } from '@/state/session'
import { answered } from './challenge'
import type { Answer, Method, PathOf, Request } from './schema'
import { send } from './transport'

interface Parts {
  path?: Record<string, string>
  query?: Record<string, unknown>
  header?: Record<string, string>
  body?: unknown
}

export function addressOf(path: string, parts: Parts): string {
  const place = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parts.path?.[name] ?? ''))
  const query = Object.entries(parts.query ?? {})
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&')
  return query ? `${place}?${query}` : place
}

/**
 * Throws a Problem. A session that is over is opened anew once, and what waits for a code is repeated once it was told: a
 * refused call has had no effect.
 */
export async function call<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  request: Request<P, M>,
): Promise<Answer<P, M>> {
  const parts = request as Parts
  const attempt = async (token: string): Promise<Answer<P, M>> => {
    const headers = { Authorization: `Bearer ${token}`, ...parts.header }
    return (await send({ method, address: addressOf(path, parts), headers, body: parts.body })) as Answer<P, M>
  }
  const token = currentToken() || (await signIn())
  try {
    return await attempt(token)
  } catch (error) {
    if (await answered(error)) return attempt(token)
    if (!(error instanceof Problem) || error.status !== 401) throw error
    dropToken(token)
    return attempt(currentToken() || (await signIn()))
  }
}
