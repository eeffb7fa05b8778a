import { UsageFailure } from '../usage-failure.ts'

/** The number that an option's text says, or a `UsageFailure`. */
export function readNumber(flag: string, text: string, least: number, most: number): number {
  const number = numberIn(text)
  if (number >= least && number <= most) return number
  throw new UsageFailure(`${flag}: "${text}" is no number from ${least} to ${most}`)
}

/** The same of things that are counted. */
export function readWhole(flag: string, text: string, least: number, most: number): number {
  const number = numberIn(text)
  if (Number.isInteger(number) && number >= least && number <= most) return number
  throw new UsageFailure(`${flag}: "${text}" is no whole number from ${least} to ${most}`)
}

function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}
