// Pages as the customer meets them, where the platform is slow, refuses or is out of reach.
import assert from 'node:assert/strict'
import test, { afterEach, beforeEach } from 'node:test'
import { answerButton, built, enter, leave, mount, open, phone, reset, seen, signedIn, tap, toggle, until, words } from './stage.mjs'

const TASK = {
  task: 'fuel-300',
  name: '加油满300元',
  kind: 'growth',
  summary: '领取后在加油站消费满300元',
  state: 'available',
  claim_mode: 'manual',
  claim: null,
  progress: { percent: 0, rule: '', conditions: [{ label: '加油消费', current: 0, target: 30000, unit: 'fen', done: false }] },
  rewards: [{ kind: 'experience', name: '经验', amount: 100 }],
  offered: false,
  description: '',
  path: [],
}
const CLAIMED = { ...TASK, state: 'claimed', claim: { claim_id: '5', claimed_at: '2026-11-01T00:00:00Z', expires_at: null } }
const down = { statusCode: 503, data: { status: 503, code: 'database.down', detail: 'no', trace_id: 'tr-503' } }
const ok = (data) => ({ statusCode: 200, data })
const list = (...items) => ok({ items, next_cursor: null, unread: 0 })
const asked = (method) => seen.requests.filter((request) => request.method === method)

let shown = []
const show = (...what) => {
  const page = open(...what)
  shown.push(page)
  return page
}

beforeEach(() => {
  reset()
  signedIn()
})
afterEach(() => {
  for (const page of shown) leave(page)
  shown = []
})

test('a failure is said with its number, and a retry shows the tasks', async () => {
  phone.answer = () => down
  const page = show('tasks')
  await until(() => words(page).includes('编号 tr-503'))
  assert.match(words(page), /系统繁忙，请稍后再试/)
  phone.answer = () => list(TASK)
  tap(page, '重试')
  await until(() => words(page).includes('加油满300元'))
  assert.doesNotMatch(words(page), /编号/)
})

test('with something on show a failure is only said over it', async () => {
  phone.answer = () => list(TASK)
  const page = show('tasks')
  await until(() => page.data.ready)
  phone.answer = () => Promise.reject(new Error('net::ERR'))
  page.instance.onPullDownRefresh()
  await until(() => seen.modals.length)
  assert.equal(seen.modals[0].content, '网络不可用，请检查网络后重试')
  assert.match(words(page), /加油满300元/)
})

test('what changes while a page reads is read after that', async () => {
  const answers = []
  phone.answer = () => new Promise((resolve) => answers.push(resolve))
  const page = show('tasks')
  await until(() => answers.length === 1)
  page.instance.onPullDownRefresh()
  page.instance.onPullDownRefresh()
  answers[0](list(TASK))
  await until(() => answers.length === 2)
  answers[1](list({ ...TASK, name: '新名字' }))
  await until(() => words(page).includes('新名字'))
  assert.equal(answers.length, 2)
})

test('without a network a bar says so, and goes when it is back', async () => {
  phone.answer = () => list()
  phone.network = 'none'
  const page = show('tasks')
  await until(() => words(page).includes('网络已断开'))
  phone.setOnline(true)
  await until(() => !words(page).includes('网络已断开'))
})

test('tasks stand under their kind, and a filter shows some of them', async () => {
  phone.answer = () => list(TASK, { ...CLAIMED, task: 'daily', name: '每日一笔', kind: 'daily' })
  const page = show('tasks')
  await until(() => page.data.ready)
  assert.match(words(page), /日常任务已完成 0 \/ 1每日一笔.*成长任务已完成 0 \/ 1加油满300元/)
  tap(page, '进行中 1')
  await until(() => !words(page).includes('加油满300元'))
  tap(page, '已完成')
  await until(() => words(page).includes('还没有完成的任务'))
  tap(page, '查看全部任务')
  await until(() => words(page).includes('加油满300元'))
})

test('a nervous thumb claims once; the button does not open the task', async () => {
  let release
  phone.answer = ({ method }) => (method === 'GET' ? list(TASK) : new Promise((resolve) => (release = () => resolve(ok({})))))
  const page = show('tasks')
  await until(() => page.data.ready)
  tap(page, '领取')
  tap(page, '领取')
  await until(() => release)
  assert.equal(asked('POST').length, 1)
  assert.deepEqual(seen.pages, [])
  release()
  await until(() => seen.toasts.includes('领取成功'))
  tap(page, '加油满300元')
  assert.deepEqual(seen.pages, ['/pages/task/index?task=fuel-300'])
})

test('after a claim WeChat is asked for one message, by a tap', async () => {
  let claimed = false
  phone.answer = ({ method }) => {
    if (method === 'POST') claimed = true
    return ok(claimed ? CLAIMED : TASK)
  }
  const page = show('task', { task: 'fuel-300' })
  await until(() => page.data.ready)
  assert.doesNotMatch(words(page), /通知我/)
  tap(page, '领取任务')
  await until(() => words(page).includes('通知我'))
  assert.deepEqual(seen.subscriptions, [])
  tap(page, '通知我')
  await until(() => seen.toasts.includes('完成时会通知您'))
  assert.deepEqual(seen.subscriptions, [['template-1']])
  assert.doesNotMatch(words(page), /通知我/)
})

test('a refused claim says why in the words of the platform', async () => {
  const refusal = { status: 409, code: 'task.no_places', detail: '名额已满', trace_id: 'tr-9' }
  phone.answer = ({ method }) => (method === 'POST' ? { statusCode: 409, data: refusal } : ok(TASK))
  const page = show('task', { task: 'fuel-300' })
  await until(() => page.data.ready)
  tap(page, '领取任务')
  await until(() => seen.modals.length)
  assert.equal(seen.modals[0].content, '名额已满（编号 tr-9）')
  assert.doesNotMatch(words(page), /通知我/)
})

test('why there is no progress yet: what counted, what did not, and what is missing', async () => {
  const occurrence = (merchant, text) => ({ occurred_at: '2026-11-03T04:00:00Z', merchant, amount_fen: 21350, code: 'x', text })
  const condition = {
    ...CLAIMED.progress.conditions[0],
    missing: 8650,
    until: null,
    text: '还差 86.50 元',
    counted: [occurrence('壳牌', '已计入')],
    not_counted: [occurrence('超市', '商户类别不符')],
    deducted: [],
  }
  phone.answer = ({ path }) =>
    ok(path.endsWith('/explanation') ? { text: '全部完成后，任务即完成', changed: null, conditions: [condition] } : CLAIMED)
  const page = show('task', { task: 'fuel-300' })
  await until(() => page.data.ready)
  assert.equal(seen.requests.length, 1)
  tap(page, '为什么没有进度？')
  await until(() => words(page).includes('还差 86.50 元'))
  assert.match(words(page), /已计入11月3日 12:00 · 壳牌 · 213.50 元已计入未计入及原因11月3日 12:00 · 超市 · 213.50 元商户类别不符/)
  assert.doesNotMatch(words(page), /退款扣除/)
})

test('the path around a task leads to its other tasks but not to hidden ones', async () => {
  const path = [
    { task: 'first', name: '第一步', state: 'done', choice: false },
    { task: 'fuel-300', name: '加油', state: 'now', choice: false },
    { task: null, name: null, state: 'next', choice: true },
  ]
  phone.answer = () => ok({ ...TASK, path })
  const page = show('task', { task: 'fuel-300' })
  await until(() => page.data.ready)
  assert.match(words(page), /第一步已完成›加油本任务当前任务神秘任务完成后可能为你推荐/)
  tap(page, '神秘任务')
  tap(page, '第一步')
  assert.deepEqual(seen.pages, ['/pages/task/index?task=first'])
})

test('before the privacy policy is agreed to nothing is read, and a refusal leaves', async () => {
  built('state/session.js').noteAgreement({ customer_id: '7', privacy_agreed: false })
  const policy = { purpose: 'privacy', title: '隐私政策', text: '我们收集并使用……', granted: false, outdated: false }
  phone.answer = ({ path, method }) => {
    if (method === 'PUT') return ok({ ...policy, granted: true })
    if (path.endsWith('/me')) return ok({ customer_id: '7', privacy_agreed: false })
    return path.endsWith('/consents') ? list(policy) : list(TASK)
  }
  const page = show('tasks')
  await until(() => words(page).includes('我们收集并使用'))
  await built('state/live.js').start()
  assert.deepEqual(seen.requests.map(({ path }) => path), ['/api/v1/me', '/api/v1/consents'])
  built('state/live.js').stop()
  tap(page, '暂不同意')
  assert.deepEqual(seen.pages, ['exit'])
  tap(page, '同意并继续')
  await until(() => words(page).includes('加油满300元'))
  assert.deepEqual([asked('PUT')[0].path, asked('PUT')[0].body], ['/api/v1/consents/privacy', { granted: true }])
})

test('withdrawing is as easy, and closes the pages again', async () => {
  const consents = ['privacy', 'marketing.wechat'].map((purpose) => ({ purpose, title: purpose, text: '内容', granted: true, outdated: false }))
  phone.answer = ({ path, method }) => {
    if (path.endsWith('/me')) return ok({ customer_id: '7', privacy_agreed: false })
    return method === 'PUT' ? ok(consents[0]) : list(...consents)
  }
  const page = show('privacy')
  await until(() => words(page).includes('marketing.wechat'))
  toggle(page, 1, false)
  await until(() => asked('PUT').length === 1 && !page.data.deciding)
  assert.equal(page.data.gate, false)
  toggle(page, 0, false)
  await until(() => words(page).includes('使用前，请先阅读隐私政策'))
  assert.deepEqual(asked('PUT').map(({ path, body }) => [path, body.granted]), [
    ['/api/v1/consents/marketing.wechat', false],
    ['/api/v1/consents/privacy', false],
  ])
})

test('who deleted their account may begin anew, knowing that', async () => {
  const erased = { status: 403, code: 'account.erased', detail: '您的任务中心账户已注销', trace_id: 'tr-4' }
  phone.answer = () => ({ statusCode: 403, data: erased })
  const form = mount('components/binding-form/index')
  enter(form, '卡号后四位', '5770')
  answerButton(form, '微信手机号一键绑定', 'getphonenumber', { code: 'one' })
  await until(() => words(form).includes('如需重新开通'))
  answerButton(form, '重新开通并绑定', 'getphonenumber', { code: 'two' })
  await until(() => seen.requests.length === 2)
  assert.deepEqual(seen.requests.map(({ body }) => [body.phone_code, body.come_back]), [['one', false], ['two', true]])
  form.detach()
})

const OFFER = {
  template: 'free7',
  name: '7天免息券',
  kind: 'interest_free_days',
  value: { days: 7 },
  use_rules: ['借款满1000元可用'],
  validity: '领取后30天内有效',
  state: 'open',
  claimable: true,
  reason: null,
  left: 'few',
  held: 0,
  per_person: 1,
  opens_in_seconds: null,
  reminder: 'none',
}

test('an offer whose claim was not answered is claimed again under the same key', async () => {
  phone.answer = ({ method }) => (method === 'POST' ? Promise.reject(new Error('timeout')) : list(OFFER))
  const page = show('offers')
  await until(() => page.data.ready)
  assert.match(words(page), /7天免息.*每人限领 1 张 · 所剩不多/)
  tap(page, '立即领取')
  await until(() => seen.modals.length)
  assert.equal(seen.modals[0].title, '还不知道有没有领到，请再点一次')
  await until(() => !page.data.claiming)
  phone.answer = ({ method }) => (method === 'POST' ? { statusCode: 201, data: {} } : list({ ...OFFER, state: 'claimed', claimable: false }))
  tap(page, '立即领取')
  await until(() => seen.toasts.includes('领取成功') && words(page).includes('已领取'))
  const [first, second] = asked('POST').map(({ header }) => header['Idempotency-Key'])
  assert.equal(first, second)
})

test('an offer to come counts down, and is read again once it opens', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'Date'] })
  const later = { ...OFFER, state: 'upcoming', claimable: false, opens_in_seconds: 3 }
  phone.answer = () => list(later)
  const page = show('offers')
  await until(() => page.data.ready)
  assert.match(words(page), /距开始 00:00:03/)
  t.mock.timers.tick(2000)
  assert.match(words(page), /距开始 00:00:01/)
  phone.answer = () => list(OFFER)
  assert.equal(seen.requests.length, 1)
  t.mock.timers.tick(1000)
  await until(() => words(page).includes('立即领取'))
  t.mock.timers.tick(5000)
  assert.equal(seen.requests.length, 2)
})

const GRANT = {
  grant_id: '3',
  name: '机场贵宾厅',
  state: 'granted',
  face_value_fen: 20000,
  valid_until: '2026-12-31T15:59:59Z',
  substitute_id: null,
}

test('a code is fetched by a tap only, and can be copied', async () => {
  phone.answer = ({ method }) => (method === 'POST' ? ok({ grant: GRANT, code: 'LOUNGE-1', how_to_use: '出示兑换码' }) : list(GRANT))
  const page = show('benefits')
  await until(() => page.data.ready)
  assert.match(words(page), /机场贵宾厅待使用价值 200.00 元有效期至 2026.12.31/)
  assert.equal(asked('POST').length, 0)
  tap(page, '立即领用')
  await until(() => words(page).includes('LOUNGE-1'))
  tap(page, '复制')
  assert.equal(wx.getStorageSync('clipboard'), 'LOUNGE-1')
})

test('opening a message reads it and goes where it leads', async () => {
  const message = { message_id: '8', title: '任务完成', body: '奖励已到账', link: '/tasks/fuel-300', created_at: '2026-11-03T04:00:00Z', read_at: null }
  phone.answer = ({ method }) => (method === 'POST' ? { statusCode: 204, data: '' } : ok({ items: [message], next_cursor: null, unread: 1 }))
  const page = show('messages')
  await until(() => words(page).includes('1 条未读'))
  tap(page, '奖励已到账')
  await until(() => asked('POST').length)
  assert.equal(asked('POST')[0].path, '/api/v1/messages/8/read')
  assert.deepEqual(seen.pages, ['/pages/task/index?task=fuel-300'])
})

test('further messages come at the bottom, once', async () => {
  const message = (id) => ({ message_id: id, title: `标题${id}`, body: '', link: null, created_at: '2026-11-03T04:00:00Z', read_at: '2026-11-03T04:00:00Z' })
  phone.answer = ({ path }) =>
    ok(path.includes('cursor=next') ? { items: [message('2')], next_cursor: null, unread: 0 } : { items: [message('1')], next_cursor: 'next', unread: 0 })
  const page = show('messages')
  await until(() => page.data.ready)
  await Promise.all([page.instance.onReachBottom(), page.instance.onReachBottom()])
  await page.instance.onReachBottom()
  assert.match(words(page), /标题1.*标题2/)
  assert.equal(seen.requests.length, 2)
})

test('a card is bound by the phone WeChat gives, once its last digits are there', async () => {
  phone.answer = () => ({ statusCode: 201, data: { token: 'holder', customer: { customer_id: '9' } } })
  const form = mount('components/binding-form/index')
  answerButton(form, '微信手机号一键绑定', 'getphonenumber', { code: 'phone-code', errMsg: 'ok' })
  await until(() => words(form).includes('请输入卡号后四位'))
  assert.equal(seen.requests.length, 0)
  enter(form, '卡号后四位', '5770')
  answerButton(form, '微信手机号一键绑定', 'getphonenumber', { code: 'phone-code', errMsg: 'ok' })
  await until(() => seen.toasts.includes('绑定成功'))
  assert.deepEqual(seen.requests[0].body, { card_last4: '5770', come_back: false, phone_code: 'phone-code' })
  assert.equal(wx.getStorageSync('cardquest.token'), 'holder')
})

test('who does not give WeChat their phone gets an SMS code instead', async () => {
  phone.answer = ({ path }) =>
    path.endsWith('/bindings')
      ? { statusCode: 422, data: { status: 422, code: 'binding.wrong_code', detail: '验证码不正确', trace_id: 'tr-2' } }
      : { statusCode: 201, data: {} }
  const form = mount('components/binding-form/index')
  answerButton(form, '微信手机号一键绑定', 'getphonenumber', { errMsg: 'getPhoneNumber:fail user deny' })
  await until(() => words(form).includes('获取验证码'))
  enter(form, '卡号后四位', '5770')
  enter(form, '手机号', '138')
  tap(form, '获取验证码')
  await until(() => words(form).includes('请输入 11 位手机号'))
  enter(form, '手机号', '13800000017')
  tap(form, '获取验证码')
  await until(() => /\d+ 秒后重发/.test(words(form)))
  enter(form, '验证码', '123456')
  tap(form, '立即绑定')
  await until(() => words(form).includes('验证码不正确（编号 tr-2）'))
  assert.deepEqual(seen.requests.map(({ body }) => body), [{ phone: '13800000017' }, { card_last4: '5770', come_back: false, otp: '123456' }])
  form.detach()
})
