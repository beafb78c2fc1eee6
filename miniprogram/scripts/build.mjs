// Builds what WeChat is given, `node scripts/build.mjs [folder]`: our pages, the pure TypeScript shared with h5, and the
// TDesign components in use.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { transpile } from './transpile.mjs'
import { vendor } from './vendor.mjs'

const ROOT = join(import.meta.dirname, '..')
const SRC = join(ROOT, 'src')
const DIST = resolve(process.argv[2] ?? join(ROOT, 'dist'))
const COPIED = new Set(['.wxml', '.wxss', '.wxs', '.svg', '.png'])
const TDESIGN = 'tdesign-miniprogram/'

/** WeChat finds `tdesign-miniprogram/button/button` by itself, other tools only by its place. */
function placed(json, used) {
  const settings = JSON.parse(json)
  for (const [name, path] of Object.entries(settings.usingComponents ?? {})) {
    if (!path.startsWith(TDESIGN)) continue
    used.add(path.slice(TDESIGN.length))
    settings.usingComponents[name] = `/miniprogram_npm/${path}`
  }
  return JSON.stringify(settings)
}

async function build() {
  rmSync(DIST, { recursive: true, force: true })
  const scripts = []
  const used = new Set()
  for (const name of readdirSync(SRC, { recursive: true, encoding: 'utf8' })) {
    const target = join(DIST, name)
    const kind = extname(name)
    if (kind === '.ts' && !name.endsWith('.d.ts')) scripts.push(join(SRC, name))
    if (kind !== '.json' && !COPIED.has(kind)) continue
    mkdirSync(dirname(target), { recursive: true })
    if (kind === '.json') writeFileSync(target, placed(readFileSync(join(SRC, name), 'utf8'), used))
    else cpSync(join(SRC, name), target)
  }
  await transpile(scripts, DIST)
  await vendor([...used], join(DIST, 'miniprogram_npm', 'tdesign-miniprogram'))
}

await build()
