// What WeChat would be given: whole, consistent, small, and asking nobody but the platform.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, extname, join, relative } from 'node:path'
import test from 'node:test'

const ROOT = join(import.meta.dirname, '..')
const DIST = process.env.MINI_DIST ?? join(ROOT, 'dist')
const LARGEST = 2 * 1024 * 1024
const PARTS = ['.js', '.json', '.wxml', '.wxss']

const files = readdirSync(DIST, { recursive: true, encoding: 'utf8' })
  .map((name) => join(DIST, name))
  .filter((file) => statSync(file).isFile())
const text = (file) => readFileSync(file, 'utf8')
const json = (file) => JSON.parse(text(file))
const app = json(join(DIST, 'app.json'))
const ours = files.filter((file) => !file.includes('miniprogram_npm'))

const placeOf = (path, from) => (path.startsWith('/') ? join(DIST, path) : join(dirname(from), path))

test('the package is below the 2 MB WeChat takes', () => {
  const size = files.reduce((sum, file) => sum + statSync(file).size, 0)
  assert.ok(size < LARGEST, `${size} bytes`)
})

test('every page is there with its four files, and every page there is listed', () => {
  for (const page of app.pages) {
    for (const part of PARTS) assert.ok(existsSync(join(DIST, page + part)), page + part)
  }
  const found = ours.filter((file) => /pages\/\w+\/index\.json$/.test(file))
  assert.deepEqual(found.map((file) => relative(DIST, file).slice(0, -5)).sort(), [...app.pages].sort())
  for (const { pagePath } of app.tabBar.list) assert.ok(app.pages.includes(pagePath), pagePath)
})

test('every component resolves, is used where it is declared and declared where it is used', () => {
  for (const file of files.filter((name) => extname(name) === '.json')) {
    const declared = Object.entries(json(file).usingComponents ?? {})
    for (const [name, path] of declared) {
      for (const part of PARTS) assert.ok(existsSync(placeOf(path, file) + part), `${file}: ${name} is ${path}${part}`)
    }
    if (!ours.includes(file) || !existsSync(file.replace(/json$/, 'wxml'))) continue
    const tags = text(file.replace(/json$/, 'wxml')).matchAll(/<([a-z]+-[a-z-]+)/g)
    const used = new Set([...tags].map(([, tag]) => tag).filter((tag) => !['scroll-view', 'page-meta'].includes(tag)))
    assert.deepEqual([...used].sort(), declared.map(([name]) => name).sort(), file)
  }
})

test('every module that is required comes along', () => {
  for (const file of files.filter((name) => extname(name) === '.js')) {
    for (const [, path] of text(file).matchAll(/require\("([^"]+)"\)/g)) {
      const target = placeOf(path, file).replace(/(\.js)?$/, '.js')
      assert.ok(path.startsWith('.') && existsSync(target), `${relative(DIST, file)} requires ${path}`)
    }
  }
})

test('every style and template that is included comes along', () => {
  const included = /@import\s*["']([^"']+)["']|<(?:import|wxs|include)[^>]*src="([^"{]+)"/g
  for (const file of files.filter((name) => ['.wxss', '.wxml'].includes(extname(name)))) {
    for (const [, style, template] of text(file).matchAll(included)) {
      assert.ok(existsSync(placeOf(style ?? template, file)), `${relative(DIST, file)} includes ${style ?? template}`)
    }
  }
})

test('every handler a template names exists', () => {
  for (const file of ours.filter((name) => extname(name) === '.wxml')) {
    const script = text(file.replace(/wxml$/, 'js'))
    for (const [, handler] of text(file).matchAll(/(?:bind|catch):?[\w-]+="(\w+)"/g)) {
      assert.match(script, new RegExp(`\\b${handler}\\(`), `${relative(DIST, file)}: ${handler}`)
    }
  }
})

test('no host is named but the platform', () => {
  const allowed = process.env.API_ORIGIN ?? 'http://127.0.0.1:8000'
  for (const file of files) {
    const hosts = [...text(file).matchAll(/https?:\/\/[^/"'\s)]+/g)].map(([host]) => host)
    const strangers = hosts.filter((host) => host !== allowed && host !== 'http://www.w3.org')
    assert.deepEqual(strangers, [], relative(DIST, file))
  }
})

test('every page follows the text size of WeChat and can be pulled down', () => {
  for (const page of app.pages) {
    assert.match(text(join(DIST, `${page}.wxml`)), /^<page-meta root-font-size="system" \/>/, page)
    assert.equal(json(join(DIST, `${page}.json`)).enablePullDownRefresh, true, page)
    assert.match(text(join(DIST, `${page}.js`)), /onPullDownRefresh/, page)
  }
  for (const file of ours.filter((name) => extname(name) === '.wxss')) {
    const fixed = [...text(file).matchAll(/font-size:\s*[\d.]+r?px/g)].filter(() => !file.endsWith('task-path/index.wxss'))
    assert.deepEqual(fixed, [], relative(DIST, file))
  }
})

const tokens = (css) => Object.fromEntries([...css.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, k, v]) => [k, v]))
const halves = (css) => css.split('@media (prefers-color-scheme: dark)').map(tokens)

test('the colours are those of the other pages, by day and by night', () => {
  const here = halves(text(join(DIST, 'app.wxss')))
  const there = halves(text(join(ROOT, '..', 'h5', 'src', 'styles', 'tokens.css')))
  const theme = json(join(DIST, 'theme.json'))
  for (const [index, name] of ['light', 'dark'].entries()) {
    assert.ok(Object.keys(here[index]).length > 10)
    for (const [token, colour] of Object.entries(here[index])) assert.equal(colour, there[index][token], token)
    for (const [ours, token] of [['bg', '--bg'], ['surface', '--surface'], ['ink2', '--ink-2'], ['brand', '--brand']]) {
      assert.equal(theme[name][ours], there[index][token], `${name} ${ours}`)
    }
  }
  const named = [...JSON.stringify(app).matchAll(/"@(\w+)"/g)].map(([, name]) => name)
  for (const name of named) assert.ok(theme.light[name] && theme.dark[name], name)
})
