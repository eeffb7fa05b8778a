import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  // While you work on the page, Vite serves it, and passes the API on to the server.
  server: {
    port: Number(process.env.PAGE_PORT ?? 3000),
    proxy: { '/v1': { target: `http://127.0.0.1:${process.env.PORT ?? 4600}`, ws: true } },
  },
})
