/** The server's time: a phone's own clock may be wrong, so deadlines are never counted down by it alone. */
let least = -Infinity
let most = Infinity
let offset = 0

/**
 * Learns from an answer's `Date` header, which is in whole seconds: the server's clock showed some moment of that second
 * between our sending and our receiving. Each answer narrows what is possible; one that contradicts the others means
 * that a clock was set, and counts alone.
 */
export function hearTime(header: string | null, sentAt: number, receivedAt: number): void {
  const said = Date.parse(header ?? '')
  if (Number.isNaN(said)) return
  const low = said - receivedAt
  const high = said + 1000 - sentAt
  least = Math.max(least, low)
  most = Math.min(most, high)
  if (least > most) [least, most] = [low, high]
  offset = (least + most) / 2
}

export const serverNow = (): number => Date.now() + offset
