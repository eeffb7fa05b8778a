import { useEffect, useState } from 'react'
import { type Metric, parseMetrics } from './parse-metrics.ts'

export interface Check {
  name: string
  ok: boolean
  detail: string
}

export interface ServerStatus {
  health: Check[]
  metrics: Metric[]
  limits: Record<string, number>
  /** When it was read, ms since 1970 by this clock. */
  at: number
}

export interface Status {
  /** What was read last; null until the first answer. */
  last: ServerStatus | null
  /** Whether the newest question had no answer. */
  failed: boolean
}

const everyMs = 5000

interface Readiness {
  status?: string
  checks?: Record<string, { status?: string; tookMs?: number; detail?: string }>
}

async function read(): Promise<ServerStatus> {
  const [health, ready, metrics, limits] = await Promise.all([
    fetch('/healthz'),
    fetch('/readyz'),
    fetch('/metrics'),
    fetch('/v1/limits'),
  ])
  const readiness = (await ready.json()) as Readiness
  const parts = Object.entries(readiness.checks ?? {}).map(([name, check]) => ({
    name,
    ok: check.status === 'ok',
    detail: check.detail ?? (check.tookMs === undefined ? '' : `${check.tookMs} ms`),
  }))
  return {
    health: [{ name: 'alive', ok: health.ok, detail: '' }, { name: 'ready', ok: ready.ok, detail: '' }, ...parts],
    metrics: parseMetrics(await metrics.text()),
    limits: (await limits.json()) as Record<string, number>,
    at: Date.now(),
  }
}

/** What the server says of itself, asked again every 5 s while the page is looked at. */
export function useStatus(): Status {
  const [status, setStatus] = useState<Status>({ last: null, failed: false })
  useEffect(() => {
    let shown = true
    const ask = () => {
      if (document.visibilityState !== 'visible') return
      read().then(
        (last) => shown && setStatus({ last, failed: false }),
        // What was read stays: what it was before the server fell silent is what one comes here for.
        () => shown && setStatus(({ last }) => ({ last, failed: true })),
      )
    }
    ask()
    const timer = setInterval(ask, everyMs)
    return () => {
      shown = false
      clearInterval(timer)
    }
  }, [])
  return status
}
