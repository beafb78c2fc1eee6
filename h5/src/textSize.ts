/** 大字版: a choice of this phone, not of the customer, so it stays here. */
const STORED_AS = 'cardquest.large-text'

export const isLargeText = (): boolean => localStorage.getItem(STORED_AS) === '1'

export function showTextSize(large: boolean = isLargeText()): void {
  document.documentElement.toggleAttribute('data-large', large)
}

export function chooseTextSize(large: boolean): void {
  if (large) localStorage.setItem(STORED_AS, '1')
  else localStorage.removeItem(STORED_AS)
  showTextSize(large)
}
