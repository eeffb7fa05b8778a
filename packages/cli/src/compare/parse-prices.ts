import type { Prices } from 'dovetail-lab/compare'
import { UsageFailure } from '../failures/usage-failure.ts'
import { parseNumber } from '../options/parse-number.ts'

const keys: Readonly<Record<string, keyof Prices>> = { core: 'coreHour', out: 'gigabyteOut', memory: 'gigabyteHour' }
const most = 1e6

/**
 * `core=0.04,out=0.05`: what is not named keeps its usual price.
 * @throws UsageFailure
 */
export function parsePrices(text: string | undefined, usual: Prices): Prices {
  const pairs = (text ?? '').split(',').filter((pair) => pair !== '')
  return Object.assign({}, usual, ...pairs.map(pricePair))
}

function pricePair(pair: string): Partial<Prices> {
  const [name = '', value = ''] = pair.split('=')
  const key = keys[name.trim()]
  if (key === undefined)
    throw new UsageFailure(`--price: "${pair}" is none of ${Object.keys(keys).join(', ')} and a number`)
  return { [key]: parseNumber('--price', value, 0, most) }
}
