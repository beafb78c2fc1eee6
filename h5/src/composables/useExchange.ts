import { exchangeBenefit, type Exchanged } from '@/api/benefits'
import { asProblem } from '@/api/problem'
import { newKey } from '@/api/key'
import { useSession } from '@/stores/session'

/**
 * Exchanges once: while an exchange has no answer, asking again repeats it, also after the page was loaded anew.
 * Answers the exchange, or throws a Problem.
 */
export function useExchange(): (benefit: string) => Promise<Exchanged> {
  const session = useSession()

  return async (benefit) => {
    const place = `cardquest.exchange.${session.me?.customer_id ?? ''}.${benefit}`
    const key = sessionStorage.getItem(place) ?? newKey()
    sessionStorage.setItem(place, key)
    try {
      const made = await exchangeBenefit(benefit, key)
      sessionStorage.removeItem(place)
      return made
    } catch (error) {
      const problem = asProblem(error)
      if (!problem.outcomeUnknown) sessionStorage.removeItem(place)
      throw problem
    }
  }
}
