/** Scenarios: the server ends while clients follow its stream, and starts again. Which clients have all messages afterwards? */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NodeProcess, startCluster } from 'dovetail-lab/cluster'
import { root } from '../steps.mjs'
import { Follower } from './follower.mjs'

const dovetail = [process.execPath, join(root, 'packages/cli/bin/dovetail.js')]
const secret = 'a secret for this run only, 32 characters or more'

/** Extra streams for a long drain: reconnect slots are 100 ms apart, so a drain takes longer with more readers. */
const crowdOfLongDrain = 90

/** How long a client may take to reconnect after the server is back. */
const patienceMs = 60_000
/** How long the server stays down. */
const awayMs = 500

/**
 * @typedef {object} Scenario
 * @property {string} title
 * @property {() => Promise<{ url: string, replace: () => Promise<void>, stop: () => Promise<void> }>} start
 * @property {number} [crowd] streams beside those of the clients
 */

/** One server process, which is started again on the same port. */
function alone(signal, drainSeconds) {
  return async () => {
    const data = await mkdtemp(join(tmpdir(), 'dovetail-outside-'))
    const begin = (port) =>
      NodeProcess.start({
        dovetail,
        args: ['--port', String(port), '--host', '127.0.0.1', '--data', data, '--drain', String(drainSeconds)],
        env: { DOVETAIL_SECRET: secret },
      })
    let node = await begin(0)
    return {
      url: node.url,
      replace: async () => {
        await node.stop(signal)
        await sleep(awayMs)
        node = await begin(node.port)
      },
      stop: async () => {
        await node.stop('SIGKILL')
        await rm(data, { recursive: true, force: true })
      },
    }
  }
}

/** Two nodes behind nginx, each replaced in turn, as `dovetail cluster` starts them. */
function behindNginx(drainSeconds) {
  return async () => {
    const args = ['--drain', String(drainSeconds)]
    const cluster = await startCluster({ dovetail, nodes: 2, backbone: 'redis', secret, args })
    return {
      url: cluster.url,
      replace: async () => {
        await cluster.replace(0, 'SIGTERM')
        await cluster.replace(1, 'SIGTERM')
      },
      stop: () => cluster.stop(),
    }
  }
}

/** @type {Readonly<Record<string, Scenario>>} */
export const scenarios = {
  kill: { title: '`kill -9`', start: alone('SIGKILL', 8) },
  short: { title: 'restart, `--drain 1`', start: alone('SIGTERM', 1) },
  long: { title: 'restart, `--drain 8`', start: alone('SIGTERM', 8), crowd: crowdOfLongDrain },
  nginx: { title: 'rolling restart behind nginx', start: behindNginx(8), crowd: crowdOfLongDrain },
}

/** Writes one text after the other; each is retried with the same key until it is acknowledged. */
class Writer {
  posted = []
  #isOver = false

  constructor(url, path) {
    this.done = this.#write(url, path)
  }

  async #write(url, path) {
    const guest = await fetch(`${url}/v1/guests`, { method: 'POST', headers: json, body: '{"name":"writer"}' })
    const { token } = await guest.json()
    for (let number = 0; !this.#isOver; number++) {
      await this.#post(`${url}${path}/messages`, token, `m${number}`)
      await sleep(200)
    }
  }

  async #post(address, token, text) {
    const headers = { ...json, authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() }
    for (;;) {
      const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify({ text }) }).catch(() => null)
      if (answer?.ok) break
      await sleep(100)
    }
    this.posted.push(text)
  }

  async stop() {
    this.#isOver = true
    await this.done
  }
}

const json = { 'content-type': 'application/json' }

/**
 * Runs one scenario with all clients at once.
 * @param {Scenario} scenario
 * @param {readonly import('./clients.mjs').Client[]} clients
 * @returns {Promise<Map<string, string>>} the verdict by the client's name
 */
export async function runScenario({ start, crowd = 0 }, clients) {
  const server = await start()
  const path = '/v1/channels/chat:outside'
  const writer = new Writer(server.url, path)
  const followers = clients.map((client) => new Follower(client, `${server.url}${path}/changes`))
  try {
    await until(() => followers.every(({ texts }) => texts.length > 3), patienceMs / 2)
    const streams = Array.from({ length: crowd }, () =>
      get(`${server.url}${path}/changes`, { agent: false, headers: { accept: 'text/event-stream' } }, (reply) =>
        reply.on('error', () => {}).resume(),
      ).on('error', () => {}),
    )
    await sleep(1000)
    await server.replace()
    await sleep(3000)
    await writer.stop()
    await until(() => followers.every(({ texts }) => texts.at(-1) === writer.posted.at(-1)), patienceMs)
    for (const stream of streams) stream.destroy()
    return new Map(followers.map((follower) => [follower.client.name, follower.verdict(writer.posted)]))
  } finally {
    await Promise.all(followers.map((follower) => follower.stop()))
    await server.stop()
  }
}

/** Waits until `isSo` holds, at most `ms`: after a time-out the verdicts show what is missing. */
async function until(isSo, ms) {
  for (const endAt = performance.now() + ms; !isSo() && performance.now() < endAt; ) await sleep(100)
}
