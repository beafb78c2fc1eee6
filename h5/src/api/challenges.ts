import { post } from './client'

const at = (id: string): string => `/challenges/${encodeURIComponent(id)}`

/** To the phone the bank knows, which comes back masked. */
export const sendChallengeCode = (id: string): Promise<{ expires_at: string; phone: string }> => post(`${at(id)}/codes`)
export const answerChallenge = (id: string, code: string): Promise<{ until: string }> => post(at(id), { code })
