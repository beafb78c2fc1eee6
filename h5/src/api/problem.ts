/** What went wrong, in words for the customer: RFC 9457 answers and failures of the network alike. */

export interface FieldError {
  path: string
  code: string
  detail: string
}

interface ProblemDocument {
  status: number
  code: string
  detail?: string
  trace_id?: string
  errors?: FieldError[]
  about?: Record<string, string>
}

const CHINESE = /[\u4e00-\u9fff]/

const BY_CODE: Record<string, string> = {
  network: '网络不可用，请检查网络后重试',
  timeout: '等待超时，请稍后重试',
}

const BY_STATUS: Record<number, string> = {
  400: '填写的内容有误，请检查后重试',
  401: '登录已失效，请重新进入',
  403: '当前账户不能进行此操作',
  404: '没有找到相关内容，可能已经下线',
  409: '状态已经变化，请刷新后再试',
  422: '暂不符合条件',
  429: '操作太频繁，请稍后再试',
  503: '系统繁忙，请稍后再试',
}

export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly traceId: string
  readonly errors: FieldError[]
  /** What a program needs to go on, by name. */
  readonly about: Record<string, string>

  constructor(document: ProblemDocument) {
    super(document.detail || document.code)
    this.status = document.status
    this.code = document.code
    this.detail = document.detail ?? ''
    this.traceId = document.trace_id ?? ''
    this.errors = document.errors ?? []
    this.about = document.about ?? {}
  }

  /** The server's own words when they are Chinese, else ours for the code or the status. */
  get text(): string {
    const said = [this.detail, ...this.errors.map((error) => error.detail)].find((words) => CHINESE.test(words))
    return said ?? BY_CODE[this.code] ?? BY_STATUS[this.status] ?? '服务暂时不可用，请稍后重试'
  }

  /** True when we cannot know whether the request took effect. */
  get outcomeUnknown(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500
  }
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  console.error(error)
  return new Problem({ status: 0, code: 'unexpected', detail: '页面出了点问题，请重试' })
}
