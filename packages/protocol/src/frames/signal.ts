/** A signal is a message to those who follow the channel now. It is not stored and has no revision. */
import Type, { type Static } from 'typebox'
import { event, quietCommand } from './frame.ts'

export const SignalCommand = quietCommand('signal', {
  channel: Type.String({ description: 'The name of the channel.' }),
  type: Type.String({ minLength: 1, maxLength: 64, description: 'The kind of signal, chosen by the application.' }),
  data: Type.Unknown({ description: 'The content of the signal: any JSON.' }),
})
export type SignalCommand = Static<typeof SignalCommand>

export const Signal = event('signal', {
  channel: Type.String({ description: 'The name of the channel.' }),
  type: Type.String({ description: 'The kind of signal, chosen by the application.' }),
  data: Type.Unknown({ description: 'The content of the signal: any JSON.' }),
  user: Type.Union([Type.String(), Type.Null()], { description: 'The name of the sender; null: an anonymous caller.' }),
  truncated: Type.Optional(
    Type.Boolean({ description: 'Whether `data` is null because it does not fit the `maxBytes` of the client.' }),
  ),
})
export type Signal = Static<typeof Signal>
