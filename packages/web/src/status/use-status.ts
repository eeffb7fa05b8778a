import { useEffect, useState } from 'react'
import { type Metric, parseMetrics } from './parse-metrics.ts'

export interface Check {
  name: string
  ok: boolean
  detail: string
}

export type Status =
  | { state: 'loading' }
  | { state: 'failed'; why: string }
  | { state: 'read'; health: Check[]; metrics: Metric[]; limits: Record<string, number> }

const everyMs = 5000

interface Readiness {
  status?: string
  checks?: Record<string, { status?: string; tookMs?: number; detail?: string }>
}

async function read(): Promise<Status> {
  const [health, ready, metrics, limits] = await Promise.all(
    ['/healthz', '/readyz', '/metrics', '/v1/limits'].map((path) => fetch(path)),
  )
  if (health === undefined || ready === undefined || metrics === undefined || limits === undefined)
    return { state: 'loading' }
  const readiness = (await ready.json()) as Readiness
  const parts = Object.entries(readiness.checks ?? {}).map(([name, check]) => ({
    name,
    ok: check.status === 'ok',
    detail: check.detail ?? (check.tookMs === undefined ? '' : `${check.tookMs} ms`),
  }))
  return {
    state: 'read',
    health: [{ name: 'alive', ok: health.ok, detail: '' }, { name: 'ready', ok: ready.ok, detail: '' }, ...parts],
    metrics: parseMetrics(await metrics.text()),
    limits: (await limits.json()) as Record<string, number>,
  }
}

/** What the server says of itself, asked again every 5 s while the page is looked at. */
export function useStatus(): Status {
  const [status, setStatus] = useState<Status>({ state: 'loading' })
  useEffect(() => {
    let shown = true
    const ask = () => {
      if (document.visibilityState !== 'visible') return
      read().then(
        (found) => shown && setStatus(found),
        (error: unknown) =>
          shown && setStatus({ state: 'failed', why: error instanceof Error ? error.message : String(error) }),
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
