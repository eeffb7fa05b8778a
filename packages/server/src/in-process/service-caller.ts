import { namedUser } from '../core/access/address.ts'
import { anonymous, type Caller, rights } from '../core/access/caller.ts'

/**
 * The application's own code in the server's process: it could read the store's file as well, so no rule keeps it from
 * a channel. Its writes are checked by the schemas, as all are. @throws Failure `invalid_name`
 */
export function serviceCaller(user: string): Caller {
  return { ...anonymous, user: namedUser(user), role: 'service', grants: [{ channel: '*', can: rights }] }
}
