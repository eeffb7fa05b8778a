/** PostgreSQL, Redis and Kafka over TLS and signed in to, as others run them for us. */
import {
  freePort,
  type KafkaService,
  type Postgres,
  startKafka,
  startPostgres,
  startRedis,
} from 'dovetail-lab/services'
import { expect, onTestFinished, test } from 'vitest'
import { type Certificate, certificate } from '../support/certificate.ts'
import { runDovetail, spawnServer } from '../support/servers/spawn-server.ts'
import { awaitLater } from '../support/until.ts'

const password = 'p@ss/w:rd?'
const asInUrl = encodeURIComponent(password)
const startMs = 240_000

async function guardedKafka(tls: Certificate): Promise<KafkaService> {
  const kafka = await startKafka({ security: { tls, user: 'alice', password } })
  onTestFinished(() => kafka.stop())
  return kafka
}

async function tlsPostgres(tls: Certificate): Promise<Postgres> {
  const postgres = await startPostgres({ tls })
  onTestFinished(() => postgres.stop())
  return postgres
}

async function tlsRedis({ certFile, keyFile }: Certificate): Promise<string> {
  const port = await freePort()
  const files = ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-auth-clients', 'no']
  const redis = await startRedis({ args: ['--tls-port', String(port), ...files] })
  onTestFinished(() => redis.stop())
  return `rediss://127.0.0.1:${port}`
}

test('two nodes share a log over PostgreSQL, Redis and Kafka, all by TLS, with SASL to Kafka', {
  timeout: startMs,
}, async () => {
  const tls = await certificate()
  const [postgres, memory, kafka] = [await tlsPostgres(tls), await tlsRedis(tls), await guardedKafka(tls)]
  const store = `${postgres.url}?sslmode=verify-full`
  const env = { NODE_EXTRA_CA_CERTS: tls.certFile }
  const node = (mechanism: string) => {
    const backbone = `kafkas://alice:${asInUrl}@127.0.0.1:${kafka.port}/bells?mechanism=${mechanism}`
    return spawnServer({ args: ['--store', store, '--memory', memory, '--backbone', backbone, '--log', 'warn'], env })
  }
  const [near, far] = [await node('scram-sha-512'), await node('plain')]
  const [writer, reader] = [await near.server.rest('ann'), await far.server.rest('ben')]
  const channel = '/v1/channels/chat:tls'
  expect((await writer.post(`${channel}/messages`, { text: 'one' })).status).toBe(201)
  // Parked on one node, woken by a write on the other.
  const { cursor } = (await reader.get<{ cursor: string }>(`${channel}/changes?after=0`)).body
  const woken = awaitLater(reader.get<{ changes: unknown[] }>(`${channel}/changes?after=${cursor}&wait=20`))
  expect((await writer.post(`${channel}/messages`, { text: 'two' })).status).toBe(201)
  expect((await woken).body.changes).toHaveLength(1)
  const secure = await postgres.psql(
    "SELECT count(*) FILTER (WHERE NOT ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name LIKE 'dovetail%'",
  )
  expect(secure).toBe('0')
  for (const node of [near, far]) expect(node.stdout() + node.stderr()).not.toContain('p@ss')
})

test('a broker that refuses the credentials, or has an untrusted certificate, is reported in one line', {
  timeout: startMs,
}, async () => {
  const tls = await certificate()
  const kafka = await guardedKafka(tls)
  const postgres = await tlsPostgres(tls)
  const refusal = async (address: string, env = {}) => {
    const args = ['serve', '--store', postgres.url, '--memory', 'redis://127.0.0.1:1', '--backbone', address]
    const { code, stderr } = await runDovetail(args, env).ended
    expect(code).not.toBe(0)
    expect(stderr).not.toContain('secret')
    return stderr
  }
  const broker = `127.0.0.1:${kafka.port}`
  const trusting = { NODE_EXTRA_CA_CERTS: tls.certFile }
  expect(await refusal(`kafkas://alice:secret@${broker}`, trusting)).toMatch(
    warning(`kafkas://${broker}: SASL authentication failed`),
  )
  expect(await refusal(`kafkas://alice:secret@${broker}`)).toMatch(
    warning(`kafkas://${broker}: self-signed certificate`),
  )
  expect(await refusal(`kafka://${broker}`)).toMatch(warning(`kafka://${broker}: `))
})

/** One line, and nothing else. */
function warning(words: string): RegExp {
  return new RegExp(`^dovetail: backbone: ${words.replaceAll('.', '\\.')}[^\n]*\n$`)
}
