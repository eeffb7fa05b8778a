/** One series of the Prometheus text format. */
export interface Metric {
  name: string
  labels: Readonly<Record<string, string>>
  value: number
}

const line = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/
const label = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g

/** Leaves out histogram buckets, which the page does not show. */
export function parseMetrics(text: string): Metric[] {
  return text.split('\n').flatMap((each) => {
    const [, name, labels = '', value] = line.exec(each) ?? []
    if (name === undefined || name.endsWith('_bucket')) return []
    const pairs = [...labels.matchAll(label)].map(([, key = '', text = '']) => [key, text] as const)
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }]
  })
}
