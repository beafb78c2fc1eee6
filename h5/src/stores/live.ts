/** What happens while the pages are open: one event stream, and the reads that each event makes stale. */
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { see, seen } from '@/api/kept'
import { useCoupons } from './coupons'
import { useLevel } from './level'
import { useMessages } from './messages'
import { useNotices } from './notices'
import { useSession } from './session'
import { useTasks } from './tasks'

const STREAM = '/api/v1/stream'
const EVENTS = [
  'task.progress',
  'task.completed',
  'task.rewarded',
  'task.expired',
  'task.offered',
  'task.withdrawn',
  'coupon.issued',
  'coupon.used',
  'coupon.changed',
  'benefit.granted',
  'benefit.changed',
  'experience.changed',
  'message.created',
  'message.read',
] as const
const SETTLE_MS = 150
const RETRY_MS = [2_000, 5_000, 10_000, 30_000]
/** The server's heart beats every 10 s: a connection silent for longer is dead, even if nobody has said so. */
const SILENT_MS = 25_000
const LOOK_MS = 5_000

type EventName = (typeof EVENTS)[number]

interface Told {
  task?: string
  claim_id?: string
  coupon_id?: string
  grant_id?: string
  message_id?: string
}

export const useLive = defineStore('live', () => {
  const connected = ref(false)
  /** Counts the returns after a gap, in which anything may have happened: pages watch it and read anew. */
  const resumed = ref(0)
  /** Counts the changes of this customer's benefits. */
  const benefits = ref(0)
  const session = useSession()
  const tasks = useTasks()
  const level = useLevel()
  const coupons = useCoupons()
  const messages = useMessages()
  const notices = useNotices()

  const due = new Map<string, () => Promise<unknown>>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let source: EventSource | null = null
  let failures = 0
  /** Something may have happened that nobody heard of. */
  let gap = false
  let heardAt = 0
  let retry: ReturnType<typeof setTimeout> | undefined

  function heard(event: Event): void {
    heardAt = performance.now()
    see((event as MessageEvent).lastEventId)
  }

  /** A burst of events about the same thing costs one read. A read that fails is caught up by the next one. */
  function soon(what: string, read: () => Promise<unknown>): void {
    due.set(what, read)
    timer ??= setTimeout(() => {
      const reads = [...due.values()]
      due.clear()
      timer = undefined
      void Promise.allSettled(reads.map((run) => run()))
    }, SETTLE_MS)
  }

  const staleTask = (code: string): void => soon(`task ${code}`, () => tasks.refresh(code))
  /** Open details of other tasks whose path this one may be part of. */
  const stalePaths = (code: string): void => {
    for (const [other, detail] of tasks.details) if (other !== code && detail.path.length) staleTask(other)
  }
  const staleMe = (): void => soon('me', session.load)
  const staleCoupons = (): void => soon('coupons', coupons.moved)
  const staleTasks = (): void => {
    if (tasks.items) soon('tasks', tasks.load)
  }
  const staleLevel = (): void => {
    if (level.table) soon('level', level.load)
  }

  async function announceTask(code: string): Promise<void> {
    const { name } = await tasks.refresh(code)
    notices.show({ tone: 'good', icon: 'check', title: '任务完成', text: name, to: `/tasks/${code}` })
  }

  async function announceCoupon(id: string): Promise<void> {
    const { name } = await coupons.refresh(id)
    notices.show({ tone: 'good', icon: 'coupon', title: '收到一张券', text: name, to: `/coupons/${id}` })
  }

  // Whichever event it came with: a higher level than a moment ago is worth saying.
  watch(
    () => session.me,
    (now, before) => {
      if (!now || now.customer_id !== before?.customer_id || now.level.rank <= before.level.rank) return
      notices.show({ tone: 'good', icon: 'level', title: '等级提升', text: `已升至 ${now.level.name}`, to: '/level' })
    },
  )

  /** Completions already told: one rewarded at once is heard of only as rewarded, a slower one as both. */
  const announced = new Set<string>()

  function hearOfTask(name: EventName, code: string, claim: string): void {
    const done = name === 'task.completed' || name === 'task.rewarded'
    if (done && !announced.has(claim)) {
      announced.add(claim)
      soon(`task ${code}`, () => announceTask(code))
    } else {
      if (!done) announced.delete(claim)
      staleTask(code)
    }
    const unlisted = !tasks.items?.some((task) => task.task === code)
    if (name !== 'task.progress' || unlisted) staleTasks()
    stalePaths(code)
  }

  /** What is withdrawn may be gone altogether, so the list is read, not the task. */
  function hearOfOffer(code: string): void {
    if (tasks.details.has(code)) staleTask(code)
    staleTasks()
    stalePaths(code)
  }

  function hear(name: EventName, told: Told): void {
    if (told.task && (name === 'task.offered' || name === 'task.withdrawn')) hearOfOffer(told.task)
    else if (told.task) hearOfTask(name, told.task, told.claim_id ?? told.task)
    if (name === 'experience.changed') {
      staleMe()
      staleLevel()
    }
    if (told.grant_id) benefits.value++
    if (told.message_id) soon('messages', messages.moved)
    if (told.coupon_id) {
      const id = told.coupon_id
      if (name === 'coupon.issued') soon(`issued ${id}`, () => announceCoupon(id))
      staleCoupons()
    }
  }

  function connect(): void {
    clearTimeout(retry)
    source?.close()
    source = new EventSource(`${STREAM}${seen() ? `?after=${seen()}` : ''}`)
    heardAt = performance.now()
    source.onopen = () => {
      heardAt = performance.now()
      failures = 0
      connected.value = true
      if (!gap) return
      gap = false
      resumed.value++
      staleMe()
    }
    source.onerror = () => {
      connected.value = false
      gap = true
      if (source?.readyState !== EventSource.CLOSED) return // the browser is reconnecting by itself
      staleMe() // the answer tells whether the session is over
      retry = setTimeout(reconnect, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)])
    }
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => {
        heard(event)
        hear(name, JSON.parse((event as MessageEvent<string>).data) as Told)
      })
    }
    source.addEventListener('heartbeat', heard)
  }

  const visible = (): boolean => document.visibilityState === 'visible'

  /** Opens the stream anew, also when the session changed hands: it must be the new one's. */
  function renew(): void {
    if (!source) return
    gap = true
    connect()
  }

  function reconnect(): void {
    if (visible() && source?.readyState === EventSource.CLOSED) renew()
    else look()
  }

  /** A phone that slept may not notice that its connection has ended. */
  function look(): void {
    if (visible() && source?.readyState === EventSource.OPEN && performance.now() - heardAt > SILENT_MS) renew()
  }

  /** Opens the stream once; it then lives as long as the document. */
  function start(): void {
    if (source) return
    connect()
    window.addEventListener('online', reconnect)
    document.addEventListener('visibilitychange', reconnect)
    setInterval(look, LOOK_MS)
  }

  return { connected, resumed, benefits, start, renew }
})
