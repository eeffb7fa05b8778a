import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { guide } from './guide.config.ts'

/** Where `npx vite packages/web` finds the API while one works on the pages. */
const api = process.env.DOVETAIL_URL ?? 'http://127.0.0.1:4600'

/** While one works on the pages, their server gives every page the same file, whatever the page's depth. */
const devBase: Plugin = {
  name: 'dev-base',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace('<base href="./" />', '<base href="/" />'),
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The app works under any path; the server's `<base>` says where it begins.
  base: './',
  plugins: [react(), devBase, guide],
  resolve: { conditions: ['dovetail-source', 'browser', 'module', 'import', 'default'] },
  build: {
    target: 'es2022',
    // Readers of the network panel see what is what, and no chunk is made for a few bytes.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
    // Their authors want their licences to come along; the bill of materials of a release reads it too.
    license: { fileName: 'licences.json' },
  },
  server: {
    proxy: { '/v1': { target: api, ws: true }, '/healthz': api, '/readyz': api, '/metrics': api },
  },
})
