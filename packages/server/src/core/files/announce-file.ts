/** Announces a file: who may upload what, and how much at once, is decided before a byte of it comes. */
import { randomBytes } from 'node:crypto'
import type { FileRequest } from 'dovetail-protocol'
import type { FileFacts } from '../../ports/files/file-table.ts'
import { namedChannel, policyOf } from '../access/address.ts'
import { authorize, needsToken } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { checkedPayload, wrongAt } from '../access/check.ts'
import type { FilesPolicy } from '../access/policy.ts'
import { Failure } from '../rules/failure.ts'
import type { FileContext } from './context.ts'
import { waitingMs } from './file-keeper.ts'

export interface AnnouncedFile {
  readonly file: FileFacts
  /** When it is removed unless it was uploaded: milliseconds since the Unix epoch. */
  readonly until: number
}

/** `read` gives what is to be uploaded, or refuses it; it is asked once the caller may upload here. */
export async function announceFile(
  core: FileContext,
  caller: Caller,
  channel: string,
  read: () => FileRequest,
): Promise<AnnouncedFile> {
  namedChannel(channel)
  const policy = policyOf(core, channel)
  const membership = await core.memberships.of(channel, caller.user)
  await authorize({ caller, channel, policy, membership, action: { verb: 'attach' }, now: core.clock.now() })
  if (caller.user === null) throw needsToken()
  const { storage, table } = core.files
  if (policy.files === null || storage === null) throw new Failure('forbidden', 'This channel takes no files.')
  const request = read()
  checkedPayload(request, core.limits)
  requireAllowed(request, policy.files, core.limits.fileBytes)
  if ((await table.waiting(channel, caller.user)) >= core.limits.filesWaiting)
    throw new Failure('rate_limited', 'Too many of your files here wait for a record that refers to them.', {
      retryAfter: 60,
    })
  const createdAt = core.clock.now()
  const { name, type, size, width = null, height = null } = request
  const id = randomBytes(16).toString('hex')
  const file = { id, channel, author: caller.user, name, type, size, width, height, createdAt }
  const until = createdAt + waitingMs
  await table.add(file, until)
  return { file, until }
}

function requireAllowed({ type, size }: FileRequest, policy: FilesPolicy, fileBytes: number): void {
  const most = Math.min(policy.bytes ?? fileBytes, fileBytes)
  if (size > most) throw new Failure('too_large', `The file has ${size} bytes; ${most} are allowed.`)
  const isAllowed = policy.types.some((allowed) =>
    allowed.endsWith('/*') ? type.startsWith(allowed.slice(0, -1)) : type === allowed,
  )
  if (!isAllowed) throw wrongAt('/type', `Files here are ${policy.types.join(', ')}.`)
}
