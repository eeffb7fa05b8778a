import { radioModel } from '../../traffic/radio.ts'
import type { RoundResult } from '../rounds/round-result.ts'

/** What the workload makes a phone's radio do. */
export interface RadioFigures {
  /** Of one client, an hour. */
  readonly wakeUpsPerHour: number
  /** The part of the time for which the radio is on, 0 to 1. */
  readonly onShare: number
  /** The model by which the packets' times were counted. */
  readonly model: string
}

const hourMs = 3_600_000

/**
 * @param intervalMs of a candidate that polls: what was measured for less than that says nothing of it
 * @param everySeconds how rarely the workload means events to come; `null`: as often as they came
 * @returns `null`: not measured
 */
export function radioFigures(
  results: readonly RoundResult[],
  intervalMs: number | null,
  everySeconds: number | null,
): RadioFigures | null {
  const periods = results.flatMap(({ radio, idle, busy, clients }) => {
    const period = everySeconds === null ? busy : idle
    const use = everySeconds === null ? radio?.busy : radio?.idle
    return use === undefined ? [] : [{ use, ms: period.seconds * 1000, clients }]
  })
  const clientMs = periods.reduce((sum, { ms, clients }) => sum + ms * clients, 0)
  if (clientMs === 0 || periods.some(({ ms }) => intervalMs !== null && ms < intervalMs)) return null
  const wakeUpsPerHour = (periods.reduce((sum, { use }) => sum + use.wakeUps, 0) / clientMs) * hourMs
  const onShare = Math.min(1, periods.reduce((sum, { use }) => sum + use.onMs, 0) / clientMs)
  const measured = { wakeUpsPerHour, onShare, model: radioModel.name }
  return everySeconds === null ? measured : withRareEvents(measured, everySeconds)
}

/** Each event that reaches a radio which is off wakes it, and keeps it on for its tail. */
function withRareEvents(idle: RadioFigures, everySeconds: number): RadioFigures {
  const off = 1 - idle.onShare
  return {
    ...idle,
    wakeUpsPerHour: idle.wakeUpsPerHour + (off * 3600) / everySeconds,
    onShare: Math.min(
      1,
      idle.onShare + (off * Math.min(radioModel.tailMs, everySeconds * 1000)) / (everySeconds * 1000),
    ),
  }
}
