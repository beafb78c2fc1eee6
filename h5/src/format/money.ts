/** Yuan for people, integer fen for the wire; the conversion goes through text, never through floats. */

const INPUT = /^(\d{1,9})(?:\.(\d{0,2}))?$/

export function yuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0')
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${fen < 0 ? '-' : ''}${whole}.${digits.slice(-2)}`
}

/** "1,200.00" becomes "1,200": for faces of coupons and shortcuts, where round sums are the rule. */
export function shortYuan(fen: number): string {
  return yuan(fen).replace(/\.00$/, '')
}

/** Fen of what was typed ("12000.5", thousands separators allowed), or null when it is not an amount. */
export function parseYuan(text: string): number | null {
  const match = INPUT.exec(text.replace(/[,\uff0c\s]/g, ''))
  if (!match) return null
  return Number(`${match[1]}${(match[2] ?? '').padEnd(2, '0')}`)
}

export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}
