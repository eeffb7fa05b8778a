const one = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })

/** 0.4 ms, 12 ms, 1.5 s. */
export function formatDuration(ms: number): string {
  if (ms >= 1000) return `${one.format(ms / 1000)} s`
  return `${ms < 10 ? one.format(ms) : whole.format(ms)} ms`
}

const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** 200 B, 1.2 KB, 3 MB. */
export function formatBytes(bytes: number): string {
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(bytes) / 10)))
  return `${(step === 0 ? whole : one).format(bytes / 1024 ** step)} ${units[step]}`
}

/** 40 %. */
export function formatShare(share: number): string {
  return `${whole.format(share * 100)} %`
}

/** 0.5, 12. */
export function formatRate(perSecond: number): string {
  return perSecond < 10 ? one.format(perSecond) : whole.format(perSecond)
}
