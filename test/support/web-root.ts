import { fileURLToPath } from 'node:url'

/** The built web app. */
export const webRoot = fileURLToPath(new URL('../../packages/web/dist/', import.meta.url))
