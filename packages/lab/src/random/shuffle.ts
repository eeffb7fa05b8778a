import type { SeededRandom } from './seeded-random.ts'

/** The same items in an order of chance (Fisher and Yates). */
export function shuffle<Item>(items: readonly Item[], random: SeededRandom): Item[] {
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.between(0, last + 1)
    const [a, b] = [order[last], order[other]]
    if (a === undefined || b === undefined) continue
    order[last] = b
    order[other] = a
  }
  return order
}
