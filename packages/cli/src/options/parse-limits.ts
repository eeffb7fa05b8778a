import { isLimitName, type LimitName, type Limits, limitTable } from 'dovetail-protocol/limits'
import { UsageFailure } from '../failures/usage-failure.ts'

/**
 * `name=value`, of `--limit` and, with commas between, of DOVETAIL_LIMITS.
 * @throws UsageFailure
 */
export function parseLimits(pairs: readonly string[]): Partial<Limits> {
  return Object.assign({}, ...pairs.map(parseLimit))
}

function parseLimit(pair: string): Partial<Limits> {
  const equals = pair.indexOf('=')
  if (equals < 0) throw new UsageFailure(`"${pair}" is not name=value`)
  return parseLimitValue(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim())
}

/**
 * One limit by name, its value in the unit that the name ends in.
 * @throws UsageFailure
 */
export function parseLimitValue(name: string, value: unknown): Partial<Limits> {
  if (!isLimitName(name)) throw new UsageFailure(`there is no limit "${name}"; there are ${names.join(', ')}`)
  const { min, max, about } = limitTable[name]
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  if (
    typeof number === 'number' &&
    number >= min &&
    number <= max &&
    (allowsFractions(name) || Number.isInteger(number))
  ) {
    return { [name]: number }
  }
  const kind = allowsFractions(name) ? 'a number' : 'a whole number'
  throw new UsageFailure(`${name} must be ${kind} from ${min} to ${max} (${about}), not "${String(value)}"`)
}

const names = Object.keys(limitTable)

/** Whether a limit may be a fraction: times may, counts may not. */
function allowsFractions(name: LimitName): boolean {
  return /(Seconds|Hours)(Max)?$/.test(name)
}
