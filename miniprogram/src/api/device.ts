/** A name this program made up for the phone it is on, so that many accounts on one phone can be told from many phones. */
const STORED_AS = 'cardquest.device'
const BYTES = 16

export const storedDevice = (): string => (wx.getStorageSync(STORED_AS) as string) || ''

export function storeDevice(device: string): void {
  if (device) wx.setStorageSync(STORED_AS, device)
}

export async function deviceId(): Promise<string> {
  const known = storedDevice()
  if (known) return known
  const { randomValues } = await wx.getRandomValues({ length: BYTES })
  const device = Array.from(new Uint8Array(randomValues), (byte) => byte.toString(16).padStart(2, '0')).join('')
  storeDevice(device)
  return device
}
