/** The longest delay that is accepted: a date from a wrong clock must not stop a client for good. */
const maxSeconds = 3600

const seconds = /^\d{1,9}$/
/** The three forms of an HTTP date (RFC 9110, 5.6.7) begin with the day of the week. */
const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /

/**
 * The seconds of a `Retry-After` header (RFC 9110, 10.2.3), which is a whole number or an HTTP date. Undefined when
 * the header is missing or invalid. `now` is in ms since the Unix epoch, and is used only where the answer has no
 * `Date` header, since the clocks of client and server may differ.
 */
export function parseRetryAfter(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? ''
  if (seconds.test(text)) return Math.min(maxSeconds, Number(text))
  const until = parseHttpDate(text)
  if (until === undefined) return undefined
  const sentAt = parseHttpDate(headers.get('date') ?? '') ?? now
  return Math.min(maxSeconds, Math.max(0, (until - sentAt) / 1000))
}

function parseHttpDate(text: string): number | undefined {
  if (!httpDate.test(text)) return undefined
  // The oldest form (asctime) names no zone, and means GMT as the others do.
  const time = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(time) ? undefined : time
}
