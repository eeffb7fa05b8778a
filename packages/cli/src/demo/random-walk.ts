/** Prices that move by small, random, multiplicative steps: always positive, with two decimals. */
export interface Quote {
  readonly symbol: string
  readonly price: number
}

const symbols = [
  'ALDR',
  'BRCH',
  'CEDR',
  'DOGW',
  'ELMS',
  'FIRS',
  'GNKG',
  'HAZL',
  'IRON',
  'JUNI',
  'KAPU',
  'LRCH',
  'MAPL',
  'NUTM',
  'OAKS',
  'PINE',
  'QUIN',
  'ROWN',
  'SPRC',
  'TEAK',
  'UMBR',
  'VIBN',
  'WLNT',
  'XYLO',
  'YEWS',
  'ZELK',
  'ACAC',
  'BALS',
  'CHES',
  'DATE',
  'EBNY',
  'FIGS',
  'GUAV',
  'HOLL',
  'IVYS',
  'JASM',
  'KOAS',
  'LIME',
  'MYRT',
  'NEEM',
] as const

/** The step's standard deviation, as a share of the price. */
const step = 0.0008

export class RandomWalk {
  readonly #prices: number[]
  readonly #random: () => number
  #next = 0

  /** `random`: 0 ≤ n < 1. */
  constructor(random: () => number) {
    this.#random = random
    this.#prices = symbols.map(() => hundredths(10 * 10 ** (this.#random() * 1.5)))
  }

  /** The next price of the next instrument. Instruments take turns, so that none is left out at a low rate. */
  next(): Quote {
    const index = this.#next
    this.#next = (index + 1) % symbols.length
    const last = this.#prices[index] ?? 1
    const move = step * this.#normal()
    // Moves by at least a hundredth: an unchanged price would be no change, and the rate would be lower than requested.
    const least = move < 0 && last > 0.01 ? -0.01 : 0.01
    const rounded = hundredths(last * Math.exp(move))
    const price = rounded === last || rounded <= 0 ? hundredths(last + least) : rounded
    this.#prices[index] = price
    return { symbol: symbols[index] ?? '', price }
  }

  /** A normally distributed number (Box and Muller, 1958). */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random())
  }
}

function hundredths(price: number): number {
  return Math.round(price * 100) / 100
}
