import { UsageFailure } from '../failures/usage-failure.ts'

/** Parses an option's text as a number. Throws `UsageFailure`. */
export function parseNumber(flag: string, text: string, least: number, most: number): number {
  const number = numberIn(text)
  if (number >= least && number <= most) return number
  throw new UsageFailure(`${flag}: "${text}" is no number from ${least} to ${most}`)
}

/** Parses an option's text as a whole number. Throws `UsageFailure`. */
export function parseInteger(flag: string, text: string, least: number, most: number): number {
  const number = numberIn(text)
  if (Number.isInteger(number) && number >= least && number <= most) return number
  throw new UsageFailure(`${flag}: "${text}" is no whole number from ${least} to ${most}`)
}

function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}
