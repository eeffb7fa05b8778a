import { useEffect, useState } from 'react'
import { serverPath } from '../session/app-base.ts'
import type { Reading } from './load-history.ts'
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
  /** When it was read, in ms since 1970 by the browser's clock. */
  at: number
}

export interface Status {
  /** The last answer; null until the first. */
  last: ServerStatus | null
  /** The answers so far, oldest first; as many as the plots have room for. */
  readings: readonly Reading[]
  /** Whether the newest request failed. */
  failed: boolean
}

const everyMs = 5000
const keptReadings = 60

interface Readiness {
  status?: string
  checks?: Record<string, { status?: string; tookMs?: number; detail?: string }>
}

async function read(): Promise<ServerStatus> {
  const [health, ready, metrics, limits] = await Promise.all([
    fetch(serverPath('/healthz')),
    fetch(serverPath('/readyz')),
    fetch(serverPath('/metrics')),
    fetch(serverPath('/v1/limits')),
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

/** The server's status, read again every 5 s while the page is visible. */
export function useStatus(): Status {
  const [status, setStatus] = useState<Status>({ last: null, readings: [], failed: false })
  useEffect(() => {
    let shown = true
    const ask = () => {
      if (document.visibilityState !== 'visible') return
      read().then(
        (last) =>
          shown &&
          setStatus(({ readings }) => ({
            last,
            readings: [...readings.slice(1 - keptReadings), last],
            failed: false,
          })),
        // The last answer stays: the state before the server stopped answering is what people come here for.
        () => shown && setStatus((before) => ({ ...before, failed: true })),
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
