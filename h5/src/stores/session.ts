/** Who is signed in. The token itself is never seen here: it lives in an HttpOnly cookie. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { belongTo, forget } from '@/api/kept'
import { bindCard, closeSession, fetchMe, openSession, type Credentials, type Me } from '@/api/sessions'

export const useSession = defineStore('session', () => {
  const me = ref<Me | null>(null)
  /** What the address brought along; used up by the first sign-in. */
  const arrival = ref<Credentials | null>(null)

  async function load(): Promise<void> {
    me.value = await fetchMe()
    belongTo(me.value.customer_id)
  }

  /** The page to go on to. */
  async function signIn(credentials: Credentials): Promise<string> {
    arrival.value = null
    const opened = await openSession(credentials)
    me.value = opened.customer
    forget()
    belongTo(me.value.customer_id)
    return opened.page ?? '/tasks'
  }

  async function bind(cardLast4: string, otp: string, comeBack: boolean): Promise<void> {
    me.value = (await bindCard(cardLast4, otp, comeBack)).customer
    belongTo(me.value.customer_id)
  }

  function notePrivacy(agreed: boolean): void {
    if (me.value) me.value = { ...me.value, privacy_agreed: agreed }
  }

  async function signOut(): Promise<void> {
    await closeSession()
    forget()
  }

  return { me, arrival, load, signIn, bind, notePrivacy, signOut }
})
