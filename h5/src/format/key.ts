/** A name for a request that nobody else uses: repeated under it, it is the same request. */
export function newKey(): string {
  // Not randomUUID: that one is missing in the older browsers we support.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
