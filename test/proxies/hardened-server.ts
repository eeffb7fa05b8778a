import type { ServingOptions } from '../support/servers/serving.ts'

/** What docs/security.md gives to a server behind TLS, and few guests, by which a test sees whom an address is taken for. */
export const hardened: ServingOptions = {
  origins: ['https://live.example'],
  trustProxy: ['127.0.0.1'],
  guard: ['metrics', 'docs', 'readyz'],
  limits: { guests: 2 },
}
