import { randomBytes } from 'node:crypto'

const letters = '0123456789abcdefghijklmnopqrstuvwxyz'

/** A new epoch for a log: 16 random letters and digits (82 bits), so that no two channels share one. */
export function randomEpoch(): string {
  let epoch = ''
  for (const byte of randomBytes(16)) epoch += letters.charAt(byte % letters.length)
  return epoch
}
