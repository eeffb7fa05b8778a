/** Whether a WebSocket opens, carries messages, and stays open while only pings pass. */
import { WebSocket } from 'ws'
import { type Finding, seconds } from '../finding.ts'
import type { Patient } from '../patient.ts'

const openMs = 10_000
/** A server that ends or is too busy says so; that is no fault of a proxy. */
const busyStatuses: ReadonlySet<number> = new Set([429, 503])

export async function probeSocket(patient: Patient): Promise<Finding[]> {
  const socket = new WebSocket(`${patient.url.replace(/^http/, 'ws')}/v1/ws`, ['dovetail.v1'], {
    handshakeTimeout: openMs,
  })
  socket.on('error', () => {})
  try {
    const refusal = await opened(socket)
    if (refusal !== null) return [{ fault: 'upgrade-refused', seen: refusal }]
    socket.send(JSON.stringify({ id: 1, op: 'hello', token: patient.token }))
    if (!(await answered(socket))) {
      const seen = `a WebSocket opened, and no message came back on it in ${seconds(openMs)}`
      return [{ fault: 'upgrade-refused', seen }]
    }
    return await watch(socket, Math.min(patient.watchMs, patient.pingMs * 1.2))
  } finally {
    socket.terminate()
  }
}

/** Resolves with why it did not open; `null`: it is open. */
function opened(socket: WebSocket): Promise<string | null> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(null))
    socket.once('unexpected-response', (_request, { statusCode = 0 }) => {
      if (busyStatuses.has(statusCode)) reject(new Error(`the upgrade was answered with ${statusCode}`))
      else resolve(`the upgrade of /v1/ws was answered with status ${statusCode} in place of 101`)
    })
    socket.once('error', (error) => resolve(`the upgrade of /v1/ws failed: ${error.message}`))
  })
}

function answered(socket: WebSocket): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), openMs)
    const settle = (is: boolean) => {
      clearTimeout(late)
      resolve(is)
    }
    socket.once('message', () => settle(true))
    socket.once('close', () => settle(false))
  })
}

/** Without a close frame it is no end that the server made. */
const cutCode = 1006

function watch(socket: WebSocket, ms: number): Promise<Finding[]> {
  return new Promise((resolve) => {
    let heardAt = performance.now()
    socket.on('ping', () => {
      heardAt = performance.now()
    })
    const done = setTimeout(() => resolve([]), ms)
    socket.once('close', (code) => {
      clearTimeout(done)
      const silence = seconds(performance.now() - heardAt)
      const seen = `a WebSocket was cut after ${silence} in which only pings were due`
      resolve(code === cutCode ? [{ fault: 'idle-cut', seen }] : [])
    })
  })
}
