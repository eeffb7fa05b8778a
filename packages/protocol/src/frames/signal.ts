/** A signal goes to whoever listens now: never stored, never numbered. */
import Type, { type Static } from 'typebox'
import { event, quietCommand } from './frame.ts'

export const SignalCommand = quietCommand('signal', {
  channel: Type.String(),
  type: Type.String({ minLength: 1, maxLength: 64 }),
  data: Type.Unknown(),
})
export type SignalCommand = Static<typeof SignalCommand>

export const Signal = event('signal', {
  channel: Type.String(),
  type: Type.String(),
  data: Type.Unknown(),
  user: Type.Union([Type.String(), Type.Null()]),
})
export type Signal = Static<typeof Signal>
