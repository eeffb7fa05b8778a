/** A figure at growing sizes: what it costs to have more of one thing, all else being the same. */
import type { Row } from '../report/report.ts'

export interface SizedValue {
  /** Subscribers, channels or records. */
  readonly size: number
  readonly value: number
}

export interface Series {
  /** What grows: `subscribers`, `channels` or `records`. */
  readonly over: Growing
  /** What is measured, such as `CPU of a delivery`. */
  readonly title: string
  readonly unit: 'µs' | 'ms' | 's' | 'KB'
  /** By size, the smallest first. */
  readonly values: readonly SizedValue[]
  /** The most times that a value may be of the first one; `null`: none is set. */
  readonly limit: number | null
}

export const growings = ['subscribers', 'channels', 'records'] as const
export type Growing = (typeof growings)[number]

/** How many times of the value at the smallest size it is at each size. 0 where that value is 0. */
export function timesOfFirst({ values }: Pick<Series, 'values'>): SizedValue[] {
  const first = values[0]?.value ?? 0
  return values.map(({ size, value }) => ({ size, value: first === 0 ? 0 : value / first }))
}

/** The largest of these, as a row of the report. */
export function growthRow(series: Series): Row {
  const { over, title, unit, values, limit } = series
  const sizes = `${inShort(values[0]?.size ?? 0)} to ${inShort(values.at(-1)?.size ?? 0)}`
  return {
    title: `${title}, ${sizes} ${over}: the most, to that at the smallest`,
    value: Math.max(0, ...timesOfFirst(series).map(({ value }) => value)),
    unit: 'times',
    limit,
    detail: values.map(({ size, value }) => `${inShort(size)}: ${inDigits(value)} ${unit}`).join(', '),
  }
}

/** 10,000,000 as `10M`. */
export function inShort(size: number): string {
  if (size >= 1e6) return `${size / 1e6}M`
  return size >= 1000 ? `${size / 1000}k` : String(size)
}

/** Three digits; whole above a hundred. */
export function inDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
}
