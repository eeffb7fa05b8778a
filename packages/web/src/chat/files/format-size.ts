const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const
const figure = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 })

/** Bytes for people, in decimal units: “12 B”, “1.24 MB”. */
export function formatSize(bytes: number): string {
  const power = Math.max(0, Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3)))
  const rounded = Number((bytes / 1000 ** power).toPrecision(3))
  const isNextUnit = rounded >= 1000 && power < units.length - 1
  return `${figure.format(isNextUnit ? 1 : rounded)} ${units[isNextUnit ? power + 1 : power]}`
}
