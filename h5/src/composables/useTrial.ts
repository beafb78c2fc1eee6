import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import {
  fetchCouponChoices,
  tryLoan,
  type CouponChoice,
  type LoanTerms,
  type Method,
  type Periods,
  type Trial,
  type TrialRequest,
} from '@/api/loans'
import { asProblem, type Problem } from '@/api/problem'
import { parseYuan } from '@/format/money'

const TYPING_MS = 350

interface Tried {
  request: TrialRequest
  answer: Trial
}

interface TrialForm {
  amountText: Ref<string>
  periods: Ref<Periods>
  method: Ref<Method>
  couponIds: Ref<string[]>
  amountFen: ComputedRef<number | null>
  choices: ShallowRef<CouponChoice[]>
  /** The chosen coupons in the order they were chosen, usable or not. */
  chosen: ComputedRef<CouponChoice[]>
  /** The last answer together with what was asked: an application sends exactly what was shown. */
  tried: ShallowRef<Tried | null>
  busy: Ref<boolean>
  problem: ShallowRef<Problem | null>
  compute: () => Promise<void>
}

/** The loan form and its trial, computed by the core after every change; a newer change cancels the older one. */
export function useTrial(coupon: string | null): TrialForm {
  const amountText = ref('10,000')
  const periods = ref<Periods>(12)
  const method = ref<Method>('equal_instalment')
  const couponIds = ref(coupon ? [coupon] : [])
  const choices = shallowRef<CouponChoice[]>([])
  const tried = shallowRef<Tried | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const busy = ref(false)

  const amountFen = computed(() => parseYuan(amountText.value))
  const terms = computed<LoanTerms | null>(() =>
    amountFen.value ? { amount_fen: amountFen.value, periods: periods.value, method: method.value } : null,
  )
  const chosen = computed(() =>
    couponIds.value.flatMap((id) => choices.value.filter((choice) => choice.coupon.coupon_id === id)),
  )

  let running = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(asked: LoanTerms, signal: AbortSignal): Promise<void> {
    choices.value = (await fetchCouponChoices(asked, signal)).items
    const coupon_ids = chosen.value.filter((choice) => choice.usable).map((choice) => choice.coupon.coupon_id)
    const request: TrialRequest = coupon_ids.length ? { ...asked, coupon_ids } : asked
    tried.value = { request, answer: await tryLoan(request, signal) }
  }

  async function compute(): Promise<void> {
    clearTimeout(timer)
    running.abort()
    const mine = (running = new AbortController())
    problem.value = null
    if (!terms.value) {
      tried.value = null
      busy.value = false
      return
    }
    busy.value = true
    try {
      await ask(terms.value, mine.signal)
    } catch (error) {
      if (mine.signal.aborted) return
      tried.value = null
      problem.value = asProblem(error)
    }
    if (mine === running) busy.value = false
  }

  watch([terms, couponIds], () => {
    busy.value = true
    clearTimeout(timer)
    timer = setTimeout(() => void compute(), TYPING_MS)
  })
  onScopeDispose(() => {
    clearTimeout(timer)
    running.abort()
  })
  void compute()

  return { amountText, periods, method, couponIds, amountFen, choices, chosen, tried, busy, problem, compute }
}
