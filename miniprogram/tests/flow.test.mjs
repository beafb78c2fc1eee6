// The way of a newcomer through the running platform: PLATFORM_URL and SANDBOX_URL say where it and its bank are.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import test from 'node:test'
import { answerButton, built, enter, leave, open, phone, reset, seen, tap, until, words } from './stage.mjs'

const { PLATFORM_URL, SANDBOX_URL } = process.env
const LONG = 30_000
/** Known to the sandbox's bank; no other test counts what it earns. */
const CARD = { phone: '13800000002', last4: '5215' }
const openid = `openid-${randomBytes(6).toString('hex')}`

async function control(path, body) {
  const headers = { 'Content-Type': 'application/json' }
  const answer = await fetch(`${SANDBOX_URL}/control/${path}`, body && { method: 'POST', headers, body: JSON.stringify(body) })
  assert.ok(answer.ok, path)
  return answer.json()
}

const codeOfWechat = async (more = {}) => (await control('wechat/codes', { openid, app: 'mini', ...more })).code

/** WeChat's part of a request, over the real network. */
async function overTheNetwork({ origin, path, method, header, body }) {
  const answer = await fetch(origin + path, { method, headers: header, body: body && JSON.stringify(body) })
  const said = await answer.text()
  return { statusCode: answer.status, data: said ? JSON.parse(said) : '' }
}

async function shown(name, query) {
  const page = open(name, query)
  await until(() => page.data.ready || page.data.problem, `${name} shows something`, LONG)
  assert.equal(page.data.problem, null)
  return page
}

test('from the first visit to a claimed task', { skip: !PLATFORM_URL && 'no platform is running' }, async (t) => {
  reset()
  phone.answer = overTheNetwork
  phone.code = codeOfWechat

  await t.test('WeChat vouches for a visitor, who may look but not claim', async () => {
    const tasks = open('tasks')
    await until(() => words(tasks).includes('同意并继续'), 'the privacy policy comes first', LONG)
    tap(tasks, '同意并继续')
    await until(() => tasks.data.ready, 'the tasks follow', LONG)
    assert.equal(seen.requests.at(0).origin, PLATFORM_URL)
    assert.match(words(tasks), /新手任务/)
    const claimable = tasks.data.groups.flatMap(({ shown: rows }) => rows).find((task) => task.claimable)
    tap(tasks, claimable.name)
    const task = await shown('task', { task: claimable.task })
    tap(task, '领取任务')
    await until(() => seen.modals.length, 'a visitor is refused', LONG)
    assert.match(seen.modals[0].content, /绑定.*编号/)
    leave(task)
    leave(tasks)
  })

  await t.test('a card is bound by the phone WeChat knows', async () => {
    const me = await shown('me')
    assert.match(words(me), /未绑定信用卡/)
    enter(me, '卡号后四位', CARD.last4)
    const code = await codeOfWechat({ phone: CARD.phone })
    answerButton(me, '微信手机号一键绑定', 'getphonenumber', { code, errMsg: 'getPhoneNumber:ok' })
    await until(() => words(me).includes('✓ 已绑定信用卡'), 'the card is bound', LONG)
    leave(me)
  })

  await t.test('what binding set off is heard of by polling', async () => {
    const heard = []
    const { listen, poll } = built('state/live.js')
    listen(['task.', 'message.', 'experience.'], (changes) => heard.push(...changes))
    await poll()
    const tasks = await shown('tasks')
    const fresh = tasks.data.groups.flatMap(({ shown: rows }) => rows).find((task) => task.claimable)
    tap(tasks, fresh.name)
    const task = await shown('task', { task: fresh.task })
    tap(task, '领取任务')
    await until(() => task.data.task.running || task.data.task.finished, 'the task is claimed', LONG)
    tap(task, '通知我')
    await until(() => seen.subscriptions.length)
    await until(async () => {
      await poll()
      return heard.some(({ event, data }) => event.startsWith('task.') && data.task === fresh.task)
    }, 'the claim is among the changes', LONG)
    tap(task, task.data.task.finished ? '查看进度明细' : '为什么没有进度？')
    await until(() => /还没有查到相关记录|已计入/.test(words(task)), 'the claim is explained', LONG)
    leave(task)
    leave(tasks)
  })

  await t.test('coupons, the centre, benefits and messages are read as they are', async () => {
    const offers = await shown('offers')
    const before = offers.data.offers.find(({ claimable }) => claimable)
    seen.toasts.length = 0
    tap(offers, before.action)
    await until(() => seen.toasts.includes('领取成功'), 'a coupon is claimed', LONG)
    leave(offers)
    const coupons = await shown('coupons')
    assert.ok(coupons.data.coupons.some(({ name }) => name === before.name))
    leave(coupons)
    for (const name of ['benefits', 'messages']) leave(await shown(name))
  })

  await t.test('who signs out is out until they ask to come back', async () => {
    const me = await shown('me')
    tap(me, '退出登录')
    await until(() => seen.pages.includes('/pages/me/index'), 'signed out', LONG)
    leave(me)
    const again = open('me')
    await until(() => words(again).includes('您已退出登录'))
    tap(again, '重新登录')
    await until(() => words(again).includes('✓ 已绑定信用卡'), 'WeChat knows them', LONG)
    leave(again)
  })
})
