// Of TDesign only the components in use go along, with what they need; WeChat counts every byte.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, extname, join, relative } from 'node:path'
import { transform } from 'esbuild'

const FROM = join(import.meta.dirname, '..', 'node_modules', 'tdesign-miniprogram', 'miniprogram_dist')
const PARTS = ['.json', '.js', '.wxml', '.wxss']
const NEEDS = {
  '.js': /(?:from|import)\s*["']([^"']+)["']/g,
  '.wxml': /src="([^"{]+\.(?:wxml|wxs))"/g,
  '.wxs': /require\(["']([^"']+)["']\)/g,
  '.wxss': /@import\s*["']([^"']+)["']/g,
}
/** The icons are a font on a host of its maker, which a bank's page does not ask; we bring our own. */
const REMOTE_FONT = /@font-face\s*\{[^}]*https?:[^}]*\}/g
const GLYPHS = /\.t-icon-[\w-]+:{1,2}before\s*\{[^}]*\}\n?/g

function resolve(need, from) {
  if (need.startsWith('.')) {
    const path = join(dirname(from), need)
    return ['', '.js', '/index.js'].map((end) => path + end).find((file) => extname(file) && existsSync(file))
  }
  return [`${need}.js`, `${need}/index.js`].map((name) => join(FROM, 'miniprogram_npm', name)).find(existsSync)
}

function needsOf(file, text) {
  const kind = extname(file)
  if (kind === '.json') {
    const used = Object.values(JSON.parse(text).usingComponents ?? {}).map((path) => join(dirname(file), path))
    return used.flatMap((path) => PARTS.map((part) => path + part))
  }
  return [...text.matchAll(NEEDS[kind])].map(([, need]) => {
    const found = resolve(need, file)
    if (!found) throw new Error(`${relative(FROM, file)} needs ${need}, which TDesign does not bring`)
    return found
  })
}

async function shipped(file, text) {
  if (extname(file) === '.wxss') return text.replace(REMOTE_FONT, '').replace(GLYPHS, '')
  if (extname(file) !== '.js') return text
  const placed = text.replace(/(from|import)(\s*)["']([^"'.][^"']*)["']/g, (_, word, space, need) => {
    const path = relative(dirname(file), resolve(need, file))
    return `${word}${space}"${path.startsWith('.') ? path : `./${path}`}"`
  })
  return (await transform(placed, { format: 'cjs', target: 'es2018', minify: true, charset: 'utf8' })).code
}

export async function vendor(components, target) {
  const due = components.flatMap((name) => PARTS.map((part) => join(FROM, name + part)))
  const done = new Set()
  while (due.length) {
    const file = due.pop()
    if (done.has(file)) continue
    done.add(file)
    const text = readFileSync(file, 'utf8')
    due.push(...needsOf(file, text))
    const place = join(target, relative(FROM, file))
    mkdirSync(dirname(place), { recursive: true })
    writeFileSync(place, await shipped(file, text))
  }
}
