export { ClientProvider, useClient, useConnection } from './context.ts'
export { type Live, useLive } from './use-live.ts'
export { usePresence } from './use-presence.ts'
export { useSignal } from './use-signal.ts'
