/** Everything that the server answers over HTTP. */
import type { Limits } from '@dovetail/protocol'
import type { Operation } from './operation.ts'
import { changeOperations } from './operations/changes.ts'
import { channelOperations } from './operations/channels.ts'
import { presenceOperations } from './operations/presence.ts'
import { recordOperations } from './operations/records.ts'
import { searchOperations } from './operations/search.ts'
import { systemOperations } from './operations/system.ts'
import { userOperations } from './operations/users.ts'

export function operations(limits: Limits): Operation[] {
  return [
    ...channelOperations(limits),
    ...recordOperations(limits),
    ...changeOperations(limits),
    ...presenceOperations(limits),
    ...searchOperations(limits),
    ...userOperations(limits),
    ...systemOperations,
  ]
}
