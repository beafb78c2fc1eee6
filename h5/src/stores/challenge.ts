import { defineStore } from 'pinia'
import { ref } from 'vue'

/** A code the customer has to tell before what they asked for goes on: one at a time. */
export const useChallenge = defineStore('challenge', () => {
  const id = ref<string | null>(null)
  let settle: (answered: boolean) => void = () => undefined

  /** Shows the sheet; true once it was answered, false when it was closed or another one is open. */
  function ask(challenge: string): Promise<boolean> {
    if (id.value !== null) return Promise.resolve(false)
    id.value = challenge
    return new Promise((resolve) => (settle = resolve))
  }

  function close(answered: boolean): void {
    id.value = null
    settle(answered)
  }

  return { id, ask, close }
})
