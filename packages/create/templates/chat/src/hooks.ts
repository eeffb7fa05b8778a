import { createHooks } from 'dovetail-client/react'
import type { Types } from '../dovetail.config.ts'

/** The hooks, with the types of this application's channels. */
export const { ClientProvider, useLive, usePresence } = createHooks<Types>()
