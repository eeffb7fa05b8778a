const isoDate = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/

/**
 * Milliseconds since the Unix epoch of a date in ISO 8601 with a time zone; `null`: the text is none. `Date.parse` takes
 * much else for a date, such as `5`, a date without a time zone, and the 30th of February.
 */
export function timeOfIsoDate(text: string): number | null {
  const [, day] = isoDate.exec(text) ?? []
  if (day === undefined) return null
  const midnight = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return null
  const time = Date.parse(text.replace(',', '.'))
  return time >= earliest && time <= latest ? time : null
}

/** The years that ISO 8601 writes with four digits, in UTC: what is kept is given out in that form. */
const earliest = Date.parse('0000-01-01T00:00:00.000Z')
const latest = Date.parse('9999-12-31T23:59:59.999Z')
