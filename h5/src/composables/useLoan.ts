import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import { fetchLoan, fetchLoanPlan, type Instalment, type Loan } from '@/api/loans'

const EAGER_MS = 1500
const CALM_MS = 5000
const EAGER_ROUNDS = 20

interface LoanWatch {
  loan: ShallowRef<Loan | null>
  plan: ShallowRef<Instalment[] | null>
  read: () => Promise<void>
}

/** Asks for the loan's outcome until there is one: quickly at first, calmly later, not while the page is hidden. */
export function useLoan(id: string): LoanWatch {
  const loan = shallowRef<Loan | null>(null)
  const plan = shallowRef<Instalment[] | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let rounds = 0
  let left = false

  async function read(): Promise<void> {
    loan.value = await fetchLoan(id)
    if (['disbursed', 'repaid_early'].includes(loan.value.state)) plan.value = (await fetchLoanPlan(id)).plan
    if (loan.value.state === 'processing') later()
  }

  function later(): void {
    clearTimeout(timer)
    if (left) return
    timer = setTimeout(ask, rounds++ < EAGER_ROUNDS ? EAGER_MS : CALM_MS)
  }

  function ask(): void {
    // A failed round is not an outcome: the next one asks again.
    if (document.visibilityState === 'visible') read().catch(later)
    else later()
  }

  onScopeDispose(() => {
    left = true
    clearTimeout(timer)
  })
  return { loan, plan, read }
}
