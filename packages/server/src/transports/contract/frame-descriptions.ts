/** What each command and each event of the WebSocket is for, as the AsyncAPI document says it. */
import type { downSchemas, UpOp } from 'dovetail-protocol'

export const commandDescriptions: Readonly<Record<UpOp, string>> = {
  hello:
    'Says who the caller is, by a token or without one. It is the first command, and is sent again with a new token before the old one expires.',
  subscribe:
    'Follows a channel: from a cursor, or from now with a snapshot of its newest records. A second one for the same channel replaces the first.',
  unsubscribe: 'Ends the following of a channel.',
  follow:
    'Follows all channels of a pattern from one cursor, for services and admins. A second one of the same pattern replaces the first.',
  unfollow: 'Ends the following of a pattern.',
  create: 'Creates a record whose id the server makes.',
  put: 'Creates or replaces the record of an id.',
  patch: 'Changes a record by a JSON merge patch (RFC 7396).',
  append: 'Adds text at the end of strings of a record. Its reply has no record.',
  delete: 'Deletes a record. A tombstone is left.',
  signal: 'Sends a message to whoever listens now. It is not stored.',
  state: "Sets what others see of the caller's presence in a channel.",
  ping: 'Asks for an answer, to measure the round trip.',
}

export const eventDescriptions: Readonly<Record<keyof typeof downSchemas, string>> = {
  changes: 'What changed in a channel between two revisions, with the cursor of a reader that has applied it.',
  reset: 'The reading can not be continued, and says why: what is held of the channel is void and is read again.',
  ended: 'The channel was deleted, or may no longer be read. Nothing more comes of it.',
  followed: 'What is new in the channels of a pattern, with the one cursor of a reader that has dealt with it.',
  unfollowed: 'The pattern can not be followed any more, and says why. Nothing more comes of it.',
  signal: 'A message of another reader, which is not stored.',
  presence: 'Who is in the channel now, or who came and left.',
  demand: 'Whether anybody reads the channel, for the service that feeds it.',
  expiring: 'The token of the connection is about to expire: say `hello` with a new one.',
  goaway: 'The server is about to end: connect again after the time that is given.',
}
