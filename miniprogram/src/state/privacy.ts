/** Before first use the customer reads what we would do with their data, and answers. */
import { fetchMe, putConsent } from '@/api/account'
import type { Consent } from '@/api/schema'
import { currentCustomer, isAgreed, noteAgreement } from './session'

/** Asks the platform once a launch. Throws a Problem. */
export async function hasAgreed(): Promise<boolean> {
  if (!isAgreed()) noteAgreement(await fetchMe())
  return isAgreed()
}

/** Gives or withdraws one consent. Throws a Problem. */
export async function decide(purpose: Consent['purpose'], granted: boolean): Promise<void> {
  await putConsent(purpose, granted)
  if (purpose === 'privacy') noteAgreement({ customer_id: currentCustomer(), privacy_agreed: granted })
}
