const one = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })

/** 0.4 ms, 12 ms, 1.5 s. */
export function durationWords(ms: number): string {
  if (ms >= 1000) return `${one.format(ms / 1000)} s`
  return `${ms < 10 ? one.format(ms) : whole.format(ms)} ms`
}

/** 200 B, 1.2 KB. */
export function bytesWords(bytes: number): string {
  if (bytes >= 1_048_576) return `${one.format(bytes / 1_048_576)} MB`
  return bytes >= 1024 ? `${one.format(bytes / 1024)} KB` : `${whole.format(bytes)} B`
}

/** 40 %. */
export function shareWords(share: number): string {
  return `${whole.format(share * 100)} %`
}

/** 0.5, 12. */
export function rateWords(perSecond: number): string {
  return perSecond < 10 ? one.format(perSecond) : whole.format(perSecond)
}
