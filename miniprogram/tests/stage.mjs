// A phone for the tests: a DOM, and WeChat's own API in place of WeChat. What runs on it is the built package as it is.
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { JSDOM } from 'jsdom'

export const DIST = resolve(process.env.MINI_DIST ?? join(import.meta.dirname, '..', 'dist'))
const require = createRequire(import.meta.url)

const dom = new JSDOM('<!doctype html><html><head></head><body></body></html>', { pretendToBeVisual: true })
for (const name of ['window', 'document', 'Event', 'CustomEvent', 'Touch', 'TouchEvent', 'HTMLElement', 'Node']) {
  if (dom.window[name] !== undefined) globalThis[name] = dom.window[name]
}

/** What WeChat was asked for, newest last; tests look here. */
export const seen = { toasts: [], modals: [], pages: [], requests: [], subscriptions: [] }
const storage = new Map()
const networkListeners = new Set()

/** What the phone does when asked; tests change it. */
export const phone = {
  /** Answers a request: `{ statusCode, data }`, or throws an error whose message WeChat would give. */
  answer: () => ({ statusCode: 404, data: {} }),
  code: () => 'code-of-wechat',
  confirms: true,
  subscribe: (templates) => Object.fromEntries(templates.map((id) => [id, 'accept'])),
  network: 'wifi',
  setOnline(isConnected) {
    this.network = isConnected ? 'wifi' : 'none'
    for (const listener of networkListeners) listener({ isConnected, networkType: this.network })
  },
}

globalThis.wx = {
  getStorageSync: (name) => storage.get(name) ?? '',
  setStorageSync: (name, value) => void storage.set(name, structuredClone(value)),
  removeStorageSync: (name) => void storage.delete(name),
  clearStorageSync: () => storage.clear(),
  async login() {
    return { code: await phone.code() }
  },
  async request({ url, method, header, data, success, fail }) {
    const { pathname, search, origin } = new URL(url)
    const request = { origin, path: pathname + search, method, header, body: data && JSON.parse(data) }
    seen.requests.push(request)
    try {
      success(await phone.answer(request))
    } catch (error) {
      fail({ errMsg: `request:fail ${error.message}` })
    }
  },
  async getRandomValues({ length }) {
    return { randomValues: crypto.getRandomValues(new Uint8Array(length)).buffer }
  },
  onNetworkStatusChange: (listener) => void networkListeners.add(listener),
  offNetworkStatusChange: (listener) => void networkListeners.delete(listener),
  getNetworkType: async () => ({ networkType: phone.network }),
  async requestSubscribeMessage({ tmplIds }) {
    seen.subscriptions.push(tmplIds)
    return phone.subscribe(tmplIds)
  },
  showToast: async (toast) => void seen.toasts.push(toast.title),
  async showModal(modal) {
    seen.modals.push(modal)
    return { confirm: phone.confirms, content: phone.types }
  },
  setClipboardData: async ({ data }) => void storage.set('clipboard', data),
  stopPullDownRefresh: async () => undefined,
  navigateTo: async ({ url }) => void seen.pages.push(url),
  switchTab: async ({ url }) => void seen.pages.push(url),
  exitMiniProgram: async () => void seen.pages.push('exit'),
  reLaunch: async ({ url }) => void seen.pages.push(url),
  getAppBaseInfo: () => ({ SDKVersion: '3.6.0', theme: 'light' }),
  getWindowInfo: () => ({ windowWidth: 390, windowHeight: 844, pixelRatio: 3, statusBarHeight: 47 }),
  getDeviceInfo: () => ({ platform: 'ios' }),
}
globalThis.getApp = () => ({})
globalThis.getCurrentPages = () => []
globalThis.App = (options) => void (globalThis.application = options)

const simulate = require('miniprogram-simulate')
const exparser = require('miniprogram-exparser')

/** A module of the built package. */
export const built = (name) => require(join(DIST, name))

/** Somebody who has been here: signed in, and agreed to the privacy policy. */
export function signedIn(customer_id = '7') {
  wx.setStorageSync('cardquest.token', 'mine')
  wx.setStorageSync('cardquest.customer', customer_id)
  built('state/session.js').noteAgreement({ customer_id, privacy_agreed: true })
}

/** The phone as it was unpacked. */
export function reset() {
  storage.clear()
  for (const list of Object.values(seen)) list.length = 0
  Object.assign(phone, { code: () => 'code-of-wechat', confirms: true, types: '', network: 'wifi' })
  document.body.innerHTML = ''
}

/** Renders a component of the package as WeChat's own compiler reads it. */
export function mount(path, properties) {
  const id = simulate.load(join(DIST, path), { rootPath: DIST, compiler: 'official' })
  const component = simulate.render(id, properties)
  component.attach(document.body.appendChild(document.createElement('div')))
  return component
}

/** Opens a page as WeChat does. */
export function open(name, query = {}) {
  const page = mount(`pages/${name}/index`)
  page.instance.onLoad?.(query)
  page.instance.onShow()
  return page
}

export function leave(page) {
  page.instance.onUnload?.()
  page.detach()
}

/** What somebody reads on it. */
export const words = (component) => component.dom.textContent.replace(/\s+/g, ' ').trim()

const all = (component) => [...component.dom.querySelectorAll('*')]

/** The first innermost element that reads exactly so. */
function reading(component, text) {
  const found = all(component).filter((element) => element.textContent.trim() === text && element.__wxElement)
  if (!found.length) throw new Error(`nothing reads ${text}: ${words(component)}`)
  return found.find((one) => !found.some((other) => other !== one && one.contains(other)))
}

function happen(element, name, detail, options) {
  exparser.Event.dispatchEvent(element.__wxElement, exparser.Event.create(name, detail, options))
}

export const tap = (component, text) =>
  happen(reading(component, text), 'tap', {}, { bubbles: true, capturePhase: true, composed: true })

/** WeChat's answer to its own button. */
export const answerButton = (component, text, name, detail) =>
  happen(reading(component, text).closest('wx-button'), name, detail, {})

/** Moves the switch that stands at this place. */
export const toggle = (component, index, value) =>
  happen(component.dom.querySelectorAll('wx-switch')[index], 'change', { value }, {})

/** Types into the field with this label. */
export function enter(component, label, value) {
  const field = reading(component, label).parentElement.parentElement
  happen(field.querySelector('wx-input'), 'input', { value, cursor: value.length, keyCode: 0 }, {})
}

/** `look()` as soon as it is truthy. */
export async function until(look, what = String(look), within = 20_000) {
  const end = performance.now() + within
  for (;;) {
    const found = await look()
    if (found) return found
    if (performance.now() > end) throw new Error(`it never came about: ${what}`)
    await new Promise((resume) => setTimeout(resume, 10))
  }
}
