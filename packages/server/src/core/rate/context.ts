/** What the transports need to limit how much one caller or address may ask for. */
import type { Budgets } from './budgets.ts'
import type { CallerTurns } from './caller-turns.ts'
import type { Creations } from './creations.ts'
import type { RefusalPace } from './refusal-pace.ts'
import type { SharedRate } from './shared-rate.ts'

/** Enough to make channels. */
export interface CreationContext {
  /** How many channels each caller may still make, on this node. */
  readonly creations: Creations
}

export interface RateContext extends CreationContext {
  /** What each caller may still ask for, on this node. */
  readonly budgets: Budgets
  /** Whose turn it is where one user sends many requests at once. */
  readonly turns: CallerTurns
  /** How long a refusal waits that is told to who does not slow down. */
  readonly refusalPace: RefusalPace
  /** New guests by address, over all nodes. */
  readonly admissions: SharedRate
}
