// Sessions, keys and polling, against answers told one by one.
import assert from 'node:assert/strict'
import test, { beforeEach } from 'node:test'
import { built, phone, reset, seen, signedIn } from './stage.mjs'

const session = { token: 'token-1', expires_at: '', customer: { customer_id: '7' } }
const problem = (statusCode, code, detail) => ({ statusCode, data: { status: statusCode, code, detail, trace_id: 'tr-1' } })
const paths = () => seen.requests.map(({ method, path }) => `${method} ${path}`)

beforeEach(reset)

test('the first calls share one sign-in by wx.login, and bring its token', async () => {
  phone.answer = ({ path }) => (path.endsWith('/sessions') ? { statusCode: 201, data: session } : { statusCode: 200, data: { items: [] } })
  const { fetchTasks, fetchTask } = built('api/tasks.js')
  await Promise.all([fetchTasks(), fetchTask('a b')])
  assert.deepEqual(paths(), ['POST /api/v1/sessions', 'GET /api/v1/tasks?limit=100', 'GET /api/v1/tasks/a%20b'])
  assert.deepEqual(seen.requests[0].body, { channel: 'wechat_mini', code: 'code-of-wechat' })
  assert.equal(seen.requests[1].header.Authorization, 'Bearer token-1')
})

test('a session that is over is opened anew and the call repeated, once', async () => {
  wx.setStorageSync('cardquest.token', 'old')
  phone.answer = ({ path, header }) => {
    if (path.endsWith('/sessions')) return { statusCode: 201, data: session }
    return header.Authorization === 'Bearer old' ? problem(401, 'session.expired') : { statusCode: 200, data: { items: [1] } }
  }
  assert.deepEqual(await built('api/tasks.js').fetchTasks(), [1])
  phone.answer = ({ path }) => (path.endsWith('/sessions') ? { statusCode: 201, data: session } : problem(401, 'session.revoked'))
  seen.requests.length = 0
  await assert.rejects(built('api/tasks.js').fetchTasks(), { status: 401, traceId: 'tr-1' })
  assert.equal(seen.requests.length, 3)
})

test('who signed out is not signed in again unasked', async () => {
  wx.setStorageSync('cardquest.token', 'mine')
  phone.answer = () => ({ statusCode: 204, data: '' })
  const { signOut, comeBack, SIGNED_OUT } = built('state/session.js')
  await signOut()
  assert.deepEqual(paths(), ['DELETE /api/v1/sessions/current'])
  assert.equal(seen.requests[0].header.Authorization, 'Bearer mine')
  await assert.rejects(built('api/account.js').fetchMe(), { code: SIGNED_OUT })
  assert.equal(seen.requests.length, 1)
  comeBack()
  phone.answer = ({ path }) => (path.endsWith('/sessions') ? { statusCode: 201, data: session } : { statusCode: 200, data: 'me' })
  assert.equal(await built('api/account.js').fetchMe(), 'me')
})

test('no answer is a problem of the network, told from one that took too long', async () => {
  wx.setStorageSync('cardquest.token', 'mine')
  phone.answer = () => Promise.reject(new Error('net::ERR'))
  await assert.rejects(built('api/account.js').fetchMe(), { code: 'network', text: '网络不可用，请检查网络后重试' })
  phone.answer = () => Promise.reject(new Error('timeout'))
  await assert.rejects(built('api/account.js').fetchMe(), { code: 'timeout' })
})

const keys = () => seen.requests.map(({ header }) => header['Idempotency-Key'])

test('a wish keeps its key until it is answered, over a restart too', async () => {
  wx.setStorageSync('cardquest.token', 'mine')
  const { claimOffer } = built('api/coupons.js')
  phone.answer = () => Promise.reject(new Error('timeout'))
  await assert.rejects(claimOffer('free7'))
  phone.answer = () => problem(503, 'busy')
  await assert.rejects(claimOffer('free7'))
  phone.answer = () => ({ statusCode: 201, data: { coupon_id: '1' } })
  await claimOffer('free7')
  await claimOffer('free7')
  const [first, second, third, fourth] = keys()
  assert.match(first, /^[0-9a-f]{32}$/)
  assert.deepEqual([second, third], [first, first])
  assert.notEqual(fourth, first)
})

test('a refusal is an answer: the next wish has a key of its own', async () => {
  wx.setStorageSync('cardquest.token', 'mine')
  phone.answer = () => problem(409, 'coupon.out_of_stock', '已领完')
  await assert.rejects(built('api/coupons.js').claimOffer('free7'), { text: '已领完' })
  await assert.rejects(built('api/coupons.js').claimOffer('free7'))
  assert.notEqual(keys()[0], keys()[1])
})

test('two taps at once are one claim', async () => {
  wx.setStorageSync('cardquest.token', 'mine')
  phone.answer = () => ({ statusCode: 201, data: { coupon_id: '1' } })
  const { claimOffer } = built('api/coupons.js')
  const [one, other] = await Promise.all([claimOffer('free7'), claimOffer('free7')])
  assert.equal(one, other)
  assert.equal(seen.requests.length, 1)
})

test('keys belong to one customer', async () => {
  wx.setStorageSync('cardquest.token', 'mine')
  phone.answer = () => Promise.reject(new Error('timeout'))
  for (const customer of ['1', '2', '1']) {
    wx.setStorageSync('cardquest.customer', customer)
    await assert.rejects(built('api/coupons.js').claimOffer('free7'))
  }
  assert.equal(keys()[0], keys()[2])
  assert.notEqual(keys()[0], keys()[1])
})

test('polling goes on after what was heard, and starts anew for another customer', async () => {
  wx.setStorageSync('cardquest.token', 'mine')
  wx.setStorageSync('cardquest.customer', '1')
  const { poll, listen } = built('state/live.js')
  const heard = []
  const stop = listen(['task.'], (changes) => heard.push(...changes.map(({ id }) => id)))
  const items = [{ id: '11', event: 'task.progress', data: {} }, { id: '12', event: 'coupon.issued', data: {} }]
  const answers = [{ items: [], last: '10' }, { items, last: '12' }, { items: [], last: '99' }]
  phone.answer = () => ({ statusCode: 200, data: answers.shift() })
  await poll()
  await poll()
  wx.setStorageSync('cardquest.customer', '2')
  await poll()
  stop()
  assert.deepEqual(paths(), ['GET /api/v1/changes', 'GET /api/v1/changes?after=10', 'GET /api/v1/changes'])
  assert.deepEqual(heard, ['11'])
})

test('polling stops while nobody looks, and goes more slowly while nobody answers', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const settled = () => new Promise((resume) => setImmediate(resume))
  signedIn()
  const { start, stop } = built('state/live.js')
  phone.answer = () => Promise.reject(new Error('net::ERR'))
  start()
  start()
  await settled()
  assert.equal(seen.requests.length, 1)
  for (const [wait, asked] of [[9_999, 1], [1, 2], [19_999, 2], [1, 3], [29_999, 3], [1, 4]]) {
    t.mock.timers.tick(wait)
    await settled()
    assert.equal(seen.requests.length, asked, `after ${wait} more`)
  }
  stop()
  t.mock.timers.tick(600_000)
  await settled()
  assert.equal(seen.requests.length, 4)
})

test('a claim completed and rewarded is told once', async () => {
  wx.setStorageSync('cardquest.token', 'mine')
  wx.setStorageSync('cardquest.customer', 'told')
  built('state/announce.js').announce()
  const item = (id, event) => ({ id, event, data: { claim_id: '5' } })
  const answers = [
    { items: [], last: '0' },
    { items: [item('1', 'task.completed')], last: '1' },
    { items: [item('2', 'task.rewarded')], last: '2' },
    { items: [{ id: '3', event: 'coupon.issued', data: {} }], last: '3' },
  ]
  phone.answer = () => ({ statusCode: 200, data: answers.shift() })
  for (let asked = 0; asked < 4; asked++) await built('state/live.js').poll()
  assert.deepEqual(seen.toasts, ['任务完成', '收到一张券'])
})

test('links of messages lead to the pages we have', () => {
  const { follow, leads } = built('views/links.js')
  for (const link of ['/tasks/fuel-300', '/tasks', '/coupons/12', '/benefits', '/loans/3', '/coupon-offers?x=1']) follow(link)
  assert.deepEqual(seen.pages, [
    '/pages/task/index?task=fuel-300',
    '/pages/tasks/index',
    '/pages/coupons/index',
    '/pages/benefits/index',
    '/pages/offers/index',
  ])
  assert.deepEqual(['/tasks/a', '/loans/3', null].map(leads), [true, false, false])
})

const challenged = { statusCode: 403, data: { status: 403, code: 'risk.challenge', detail: '请先完成短信验证', about: { challenge_id: 'c1' } } }

/** A claim that waits for the code 246810. */
function waitingForACode() {
  let told = false
  phone.answer = ({ path, body }) => {
    if (path.endsWith('/c1/codes')) return { statusCode: 201, data: { phone: '138****1234' } }
    if (path.endsWith('/c1')) {
      told = body.code === '246810'
      return told ? { statusCode: 200, data: { until: '' } } : problem(422, 'risk.wrong_code', '验证码不正确或已失效')
    }
    return told ? { statusCode: 201, data: { coupon_id: '1' } } : challenged
  }
}

test('what waits for a code goes on when it was told, as the same wish on the same phone', async () => {
  signedIn()
  waitingForACode()
  phone.types = '246810'
  assert.deepEqual(await built('api/coupons.js').claimOffer('free7'), { coupon_id: '1' })
  assert.equal(seen.modals[0].placeholderText, '发送至 138****1234 的验证码')
  assert.deepEqual(paths(), [
    'POST /api/v1/coupon-offers/free7/claims',
    'POST /api/v1/challenges/c1/codes',
    'POST /api/v1/challenges/c1',
    'POST /api/v1/coupon-offers/free7/claims',
  ])
  assert.equal(keys()[0], keys()[3])
  const devices = new Set(seen.requests.map(({ header }) => header['X-Device-Id']))
  assert.equal(devices.size, 1)
  assert.match([...devices][0], /^[0-9a-f]{32}$/)
  await built('state/session.js').signOut()
  assert.equal(wx.getStorageSync('cardquest.device'), [...devices][0])
})

test('without the code it stays refused', async () => {
  signedIn()
  waitingForACode()
  phone.confirms = false
  await assert.rejects(built('api/coupons.js').claimOffer('free7'), { code: 'risk.challenge', text: '请先完成短信验证' })
  phone.confirms = true
  phone.types = '111111'
  await assert.rejects(built('api/coupons.js').claimOffer('free7'), { code: 'risk.wrong_code' })
})

test('a sign-in that waits for a code comes with a new code of WeChat', async () => {
  let told = false
  phone.types = '246810'
  phone.answer = ({ path }) => {
    if (path.includes('/challenges/')) {
      told ||= !path.endsWith('/codes')
      return { statusCode: 200, data: { phone: '138****1234' } }
    }
    if (path.endsWith('/sessions')) return told ? { statusCode: 201, data: session } : challenged
    return { statusCode: 200, data: { items: [] } }
  }
  await built('api/tasks.js').fetchTasks()
  assert.equal(paths().filter((path) => path === 'POST /api/v1/sessions').length, 2)
})
