import { ref, type Ref, type ShallowRef } from 'vue'
import { newKey } from '@/api/key'
import { claimOffer, fetchOffers, type Offer } from '@/api/offers'
import { asProblem } from '@/api/problem'
import { serverNow } from '@/serverTime'
import { useSession } from '@/stores/session'
import { usePages } from './usePages'

const STORED_AS = 'cardquest.claims'
/** The second tap of a nervous thumb may come after a quick answer: within this time it is still the first one. */
const ONE_TAP_MS = 800

interface Offers {
  /** null until the first answer. */
  items: ShallowRef<Offer[] | null>
  cursor: Ref<string | null>
  /** Opening times of upcoming offers by template, by the server's clock. */
  opensAt: Ref<Map<string, number>>
  claiming: Ref<Set<string>>
  load: () => Promise<void>
  more: () => Promise<void>
  claim: (template: string) => Promise<string>
}

/** Keys of claims nobody has answered yet, by customer and template. They outlive the page. */
function unanswered(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(STORED_AS) ?? '{}') as Record<string, string>
  } catch {
    return {}
  }
}

function remember(name: string, key: string | null): void {
  const keys = unanswered()
  if (key) keys[name] = key
  else delete keys[name]
  localStorage.setItem(STORED_AS, JSON.stringify(keys))
}

/** The coupon centre. One wish is one key, however often it is tapped: `claim` answers the coupon's id or throws. */
export function useOffers(): Offers {
  const session = useSession()
  const opensAt = ref(new Map<string, number>())
  const claiming = ref(new Set<string>())
  const pages = usePages<Offer>(async (cursor) => {
    const page = await fetchOffers(cursor)
    for (const offer of page.items) {
      if (offer.opens_in_seconds === null) opensAt.value.delete(offer.template)
      else opensAt.value.set(offer.template, serverNow() + offer.opens_in_seconds * 1000)
    }
    return page
  })

  async function claim(template: string): Promise<string> {
    const name = `${session.me?.customer_id ?? ''} ${template}`
    const key = unanswered()[name] ?? newKey()
    remember(name, key)
    claiming.value.add(template)
    const tapped = Date.now()
    try {
      const { coupon_id } = await claimOffer(template, key)
      remember(name, null)
      return coupon_id
    } catch (error) {
      const problem = asProblem(error)
      if (!problem.outcomeUnknown) remember(name, null)
      throw problem
    } finally {
      setTimeout(() => claiming.value.delete(template), Math.max(0, tapped + ONE_TAP_MS - Date.now()))
    }
  }
  return { ...pages, opensAt, claiming, claim }
}
