/** What a request or a command takes from its caller's budget. The unit is one command. */
import type { Limits } from 'dovetail-protocol'

/**
 * `nothing`: it is answered from memory, or its verb takes the price; `admission`: one command, which the address pays
 * also where the caller has a user.
 */
export type Price = 'nothing' | 'read' | 'search' | 'command' | 'admission'

export function commandsFor(price: Price, limits: Pick<Limits, 'readCost' | 'searchCost'>): number {
  switch (price) {
    case 'nothing':
      return 0
    case 'read':
      return limits.readCost
    case 'search':
      return limits.searchCost
    default:
      return 1
  }
}
