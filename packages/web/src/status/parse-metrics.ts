/** One series of the Prometheus text format. */
export interface Metric {
  name: string
  /** `{type="gauge"}`, or nothing. */
  labels: string
  value: number
  help: string
}

const line = /^([A-Za-z_:][\w:]*)(\{.*\})?\s+(\S+)/

/** Histogram buckets are left out: nobody reads them as figures. */
export function parseMetrics(text: string): Metric[] {
  const help = new Map<string, string>()
  const metrics: Metric[] = []
  for (const each of text.split('\n')) {
    const [, hash, kind, name] = /^(#) (HELP|TYPE) (\S+)/.exec(each) ?? []
    if (hash !== undefined) {
      if (kind === 'HELP' && name !== undefined) help.set(name, each.slice(`# HELP ${name} `.length))
      continue
    }
    const [, series, labels = '', value] = line.exec(each) ?? []
    if (series === undefined || series.endsWith('_bucket')) continue
    metrics.push({ name: series, labels, value: Number(value), help: help.get(series) ?? '' })
  }
  return metrics
}
