import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'

const COMPRESSIBLE = /\.(js|css|html|svg|json)$/

/** Writes `.br` and `.gz` beside every text asset: the web server sends files, it does not compress. */
function precompress(): Plugin {
  let outDir = ''
  return {
    name: 'precompress',
    apply: 'build',
    configResolved: (config) => {
      outDir = join(config.root, config.build.outDir)
    },
    writeBundle: () => {
      const names = readdirSync(outDir, { recursive: true, encoding: 'utf8' })
      for (const name of names.filter((file) => COMPRESSIBLE.test(file))) {
        const path = join(outDir, name)
        const content = readFileSync(path)
        const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
        writeFileSync(`${path}.br`, brotliCompressSync(content, { params }))
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
      }
    },
  }
}

/** Puts the reader of the OpenAPI documents beside the pages, so that it asks no other host. */
function apiReader(): Plugin {
  const START = `window.ui = SwaggerUIBundle({
  dom_id: '#reader',
  urls: [{ url: '/openapi.json', name: 'customers and partners' }, { url: '/admin/openapi.json', name: 'operators' }],
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
  validatorUrl: null,
})
`
  const FILES = ['swagger-ui-bundle.js', 'swagger-ui-standalone-preset.js', 'swagger-ui.css']
  return {
    name: 'api-reader',
    apply: 'build',
    generateBundle() {
      const folder = fileURLToPath(new URL('./node_modules/swagger-ui-dist/', import.meta.url))
      for (const name of FILES) {
        this.emitFile({ type: 'asset', fileName: `docs/${name}`, source: readFileSync(join(folder, name)) })
      }
      this.emitFile({ type: 'asset', fileName: 'docs/start.js', source: START })
    },
  }
}

export default defineConfig({
  base: '/h5/',
  plugins: [vue(), apiReader(), precompress()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: ['chrome87', 'safari14'],
    cssCodeSplit: false,
    // An inline polyfill would break the content security policy; old browsers only lose a preload hint.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'vendor', test: /node_modules/ }] } },
    },
  },
  server: { proxy: { '/api': process.env.API_ORIGIN ?? 'http://127.0.0.1:8000' } },
})
