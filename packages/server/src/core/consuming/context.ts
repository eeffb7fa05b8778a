/** What named consumers need. */
import type { Consumers } from '../../ports/consumers/consumers.ts'
import type { FollowerContext } from '../following/context.ts'

export interface ConsumerContext extends FollowerContext {
  readonly consumers: Consumers
  newId(): string
}
