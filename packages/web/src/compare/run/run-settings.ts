/** The positions of the sliders. */
export interface RunSettings {
  /** Events a second, on average. */
  rate: number
  /** Bytes of text that each event carries. */
  payload: number
  /** Between two polls, ms. */
  intervalMs: number
}

export const defaultSettings: RunSettings = { rate: 1, payload: 200, intervalMs: 1000 }

export const rates: readonly number[] = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 50]
export const payloads: readonly number[] = [16, 50, 100, 200, 500, 1000, 2000, 4000]
export const intervals: readonly number[] = [100, 200, 500, 1000, 2000, 5000]

/**
 * The rates that a limit of `commands` a second per user leaves space for: each event is one write, and may be a
 * long-poll's request beside the polls.
 */
export function ratesWithin(commands: number): readonly number[] {
  const within = rates.filter((rate) => rate <= commands / 4)
  return within.length > 0 ? within : rates.slice(0, 1)
}
