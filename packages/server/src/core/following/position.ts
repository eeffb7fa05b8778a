/**
 * The position of a follower: its cursor in each channel, as one text that is opaque to applications. It is compressed,
 * and so has about 25 characters for each channel.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { parseCursor } from 'dovetail-protocol'
import { Failure } from '../rules/failure.ts'
import { type ChannelPattern, matchesPattern } from './channel-pattern.ts'

export interface Position {
  /** The cursor in each channel that was read; a channel that is not here is read from its beginning. */
  readonly cursors: Map<string, string>
  /** The channel that was read last, behind which the next reading begins; empty: none was. */
  readonly last: string
}

/** Raised where texts of an earlier form can't be read any more. */
const form = '1'
/** More than a name, a cursor and what stands between them can have. */
const mostBytesOfAChannel = 256

export function encodePosition(pattern: ChannelPattern, { cursors, last }: Position): string {
  // In order, names that are alike stand beside each other, and take less room.
  const lines = [...cursors].map(([channel, cursor]) => `${channel} ${cursor}`).sort()
  return form + deflateRawSync([`${pattern.text} ${last}`, ...lines].join('\n')).toString('base64url')
}

/** Throws `invalid_cursor` for a text that is not a position in this pattern with at most so many channels. */
export function parsePosition(pattern: ChannelPattern, text: string, mostChannels: number): Position {
  if (text === '0') return { cursors: new Map(), last: '' }
  const [head = '', ...lines] = unpack(text, (mostChannels + 1) * mostBytesOfAChannel).split('\n')
  const [ofPattern, last = ''] = head.split(' ')
  if (ofPattern !== pattern.text)
    throw new Failure('invalid_cursor', `This is a cursor of another pattern than "${pattern.text}".`)
  if (lines.length > mostChannels) throw noPosition()
  return { cursors: new Map(lines.map((line) => parseLine(pattern, line))), last }
}

function unpack(text: string, mostBytes: number): string {
  if (!/^1[A-Za-z0-9_-]+$/.test(text)) throw noPosition()
  try {
    return inflateRawSync(Buffer.from(text.slice(1), 'base64url'), { maxOutputLength: mostBytes }).toString()
  } catch {
    throw noPosition()
  }
}

function parseLine(pattern: ChannelPattern, line: string): [string, string] {
  const [channel = '', cursor = ''] = line.split(' ')
  if (!parseCursor(cursor)?.epoch || !matchesPattern(pattern, channel)) throw noPosition()
  return [channel, cursor]
}

function noPosition(): Failure {
  return new Failure('invalid_cursor', 'A cursor of a pattern is 0, or the "cursor" of an earlier reply.')
}
