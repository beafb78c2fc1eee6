/** Short names for what the OpenAPI document says; nothing about the answers is written by hand. */
import type { components, paths } from '../../openapi'

type Schemas = components['schemas']

export type Session = Schemas['Session']
export type Me = Schemas['Me']
export type Changes = Schemas['Changes']
export type Offer = Schemas['CouponOffer']
export type BenefitGrant = Schemas['BenefitGrant']
export type GrantState = Schemas['GrantState']
export type Redemption = Schemas['Redemption']
export type Message = Schemas['Message']
export type Explanation = Schemas['ClaimExplanation']
export type ExplainedCondition = Schemas['ExplainedCondition']
export type Occurrence = Schemas['Occurrence']
export type Consent = Schemas['Consent']
export type PathStep = Schemas['PathStep']
export type TaskDetail = Schemas['TaskDetail']

export type Method = 'get' | 'post' | 'put' | 'delete'

/** The addresses that know a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never
}[keyof paths]

type Operation<P extends keyof paths, M extends Method> = paths[P][M]
type Given<O, K extends string> = O extends { parameters: Record<K, infer V> } ? { [N in K]: V } : unknown
type Possible<O, K extends string> = O extends { parameters: { [N in K]?: infer V } } ? { [N in K]?: V } : unknown
type GivenBody<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? { body: B } : unknown

/** What a call has to bring along: path parameters, headers and a body where the document asks for them. */
export type Request<P extends keyof paths, M extends Method> = Given<Operation<P, M>, 'path'> &
  Given<Operation<P, M>, 'header'> &
  Possible<Operation<P, M>, 'header'> &
  Possible<Operation<P, M>, 'query'> &
  GivenBody<Operation<P, M>>

type Json<R> = R extends { content: { 'application/json': infer T } } ? T : undefined
type Responses<O> = O extends { responses: infer R } ? R : never

/** What is answered when it went well, whichever of the good statuses it comes with. */
export type Answer<P extends keyof paths, M extends Method> = {
  [S in keyof Responses<Operation<P, M>>]: S extends 200 | 201 | 202 | 204 ? Json<Responses<Operation<P, M>>[S]> : never
}[keyof Responses<Operation<P, M>>]
