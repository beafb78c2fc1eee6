// TypeScript to CommonJS, file by file, so that every module exists once however many pages use it.
import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { build } from 'esbuild'

const ROOT = join(import.meta.dirname, '..')
const SRC = join(ROOT, 'src')
const H5 = join(ROOT, '..', 'h5', 'src')
const LOCAL_API = 'http://127.0.0.1:8000'

/** Where a module of ours or of h5 stands below dist. */
const placeOf = (file) => (file.startsWith(H5) ? join('shared', relative(H5, file)) : relative(SRC, file))

/** As tsconfig.json says: what h5 calls `@/…` is ours where we have it, the types of the API above all. */
function sourceOf(path, importer) {
  const [, scope, name] = /^(@h5|@)\/(.+)$/.exec(path) ?? []
  const places = { '@h5': [H5], '@': [SRC, H5] }[scope]
  const files = places ? places.map((place) => join(place, `${name}.ts`)) : [join(dirname(importer), `${path}.ts`)]
  return files.find(existsSync)
}

/** Every import stays an import, by its place in dist; modules of h5 met on the way are told to `found`. */
const places = (found) => ({
  name: 'places',
  setup(builder) {
    builder.onResolve({ filter: /./ }, ({ path, importer, kind }) => {
      if (kind === 'entry-point') return null
      const file = sourceOf(path, importer)
      if (!file) return { errors: [{ text: `${importer} imports ${path}, which is not ours to ship` }] }
      if (file.startsWith(H5)) found.add(file)
      const from = dirname(placeOf(importer))
      const to = relative(from, placeOf(file)).replace(/\.ts$/, '.js')
      return { path: to.startsWith('.') ? to : `./${to}`, external: true }
    })
  },
})

export async function transpile(files, dist) {
  const done = new Set()
  for (let due = new Set(files); due.size; ) {
    const found = new Set()
    await build({
      entryPoints: [...due].map((file) => ({ in: file, out: placeOf(file).replace(/\.ts$/, '') })),
      outdir: dist,
      bundle: true,
      format: 'cjs',
      target: 'es2018',
      charset: 'utf8',
      define: {
        API_ORIGIN: JSON.stringify(process.env.API_ORIGIN ?? LOCAL_API),
        SUBSCRIBE_TEMPLATES: JSON.stringify((process.env.SUBSCRIBE_TEMPLATES ?? '').split(',').filter(Boolean)),
      },
      plugins: [places(found)],
      logLevel: 'warning',
    })
    for (const file of due) done.add(file)
    due = new Set([...found].filter((file) => !done.has(file)))
  }
}
