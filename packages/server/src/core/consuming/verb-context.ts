import type { Consumptions } from './consumptions.ts'
import type { ConsumerContext } from './context.ts'

/** What the verbs of named consumers need. */
export interface ConsumerVerbContext extends ConsumerContext {
  readonly consumptions: Consumptions
}
