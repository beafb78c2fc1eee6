import { computed, ref, type ComputedRef } from 'vue'
import { applyForLoan, type Application } from '@/api/loans'
import { asProblem } from '@/api/problem'
import { newKey } from '@/api/key'
import { useSession } from '@/stores/session'

const STORED_AS = 'cardquest.application'

/** An application whose answer never came. It outlives the page: only its own key may ask again. */
interface Pending {
  customer: string
  key: string
  body: Application
}

function stored(): Pending | null {
  try {
    return JSON.parse(localStorage.getItem(STORED_AS) ?? 'null') as Pending | null
  } catch {
    return null
  }
}

interface Applying {
  pending: ComputedRef<Pending | null>
  submit: (body: Application) => Promise<string>
  resume: () => Promise<string>
}

/**
 * Applies for a loan exactly once: while one application has no answer, `submit` repeats it instead of making another.
 * Both calls answer the loan's id, or throw a Problem.
 */
export function useApplication(): Applying {
  const session = useSession()
  const last = ref<Pending | null>(stored())
  const pending = computed(() => (last.value && last.value.customer === session.me?.customer_id ? last.value : null))

  function keep(application: Pending | null): void {
    last.value = application
    if (application) localStorage.setItem(STORED_AS, JSON.stringify(application))
    else localStorage.removeItem(STORED_AS)
  }

  async function send(application: Pending): Promise<string> {
    try {
      const { loan_id } = await applyForLoan(application.body, application.key)
      keep(null)
      return loan_id
    } catch (error) {
      const problem = asProblem(error)
      if (!problem.outcomeUnknown) keep(null)
      throw problem
    }
  }

  async function submit(body: Application): Promise<string> {
    if (pending.value) return send(pending.value)
    const application = { customer: session.me?.customer_id ?? '', key: newKey(), body }
    keep(application)
    return send(application)
  }

  async function resume(): Promise<string> {
    if (!pending.value) throw new Error('there is no application to resume')
    return send(pending.value)
  }
  return { pending, submit, resume }
}
