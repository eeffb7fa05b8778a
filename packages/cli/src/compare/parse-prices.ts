import type { Prices } from 'dovetail-lab/compare'
import { UsageFailure } from '../failures/usage-failure.ts'
import { parseNumber } from '../options/parse-number.ts'

const keys: Readonly<Record<string, Exclude<keyof Prices, 'currency'>>> = {
  core: 'coreHour',
  out: 'gigabyteOut',
  memory: 'gigabyteHour',
}
const most = 1e6
const currency = /^\p{L}{1,8}$|^\p{Sc}$/u

/**
 * `core=0.04,out=0.05,currency=EUR`: what is not named keeps its usual price. The currency converts nothing, it names
 * what the prices are counted in.
 * @throws UsageFailure
 */
export function parsePrices(text: string | undefined, usual: Prices): Prices {
  const pairs = (text ?? '').split(',').filter((pair) => pair !== '')
  return Object.assign({}, usual, ...pairs.map(pricePair))
}

function pricePair(pair: string): Partial<Prices> {
  const [name = '', value = ''] = pair.split('=')
  if (name.trim() === 'currency') {
    if (currency.test(value)) return { currency: value }
    throw new UsageFailure(`--price: "${value}" is no currency, such as EUR`)
  }
  const key = keys[name.trim()]
  if (key === undefined)
    throw new UsageFailure(`--price: "${pair}" is none of ${Object.keys(keys).join(', ')} and a number, nor currency`)
  return { [key]: parseNumber('--price', value, 0, most) }
}
