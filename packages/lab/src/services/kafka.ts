/** A Kafka broker of our own, which is its own controller: free ports, a temporary folder. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Breakable, breakable } from './breakable.ts'
import { freePort } from './free-port.ts'
import { kafkaJars } from './kafka-jars.ts'
import { runProgram } from './run-program.ts'
import { ServiceProcess } from './service-process.ts'
import type { TlsIdentity } from './tls-identity.ts'

export interface KafkaService extends Breakable {
  /** `kafka://host:port`, without a topic. */
  readonly url: string
  readonly port: number
}

export interface KafkaOptions {
  /** Who comes over TLS only, and signed in: by SCRAM-SHA-512 or PLAIN. Absent: whoever comes, in the clear. */
  readonly guard?: KafkaGuard
  /** Another port to listen on, which clients that come there are told to be at `told`: for a way between that can break. */
  readonly apart?: { readonly port: number; readonly told: number }
}

export interface KafkaGuard {
  readonly tls: TlsIdentity
  readonly user: string
  readonly password: string
}

export async function startKafka({ guard, apart }: KafkaOptions = {}): Promise<KafkaService> {
  const jars = await kafkaJars()
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-kafka-'))
  const ports = { clients: await freePort(), brokers: await freePort(), controller: await freePort() }
  const port = ports.clients
  const path = join(folder, 'server.properties')
  await writeFile(
    path,
    propertyLines({ ...properties(folder, ports, apart), ...(guard === undefined ? {} : guarded(guard)) }),
  )
  const java = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(jars, '*')]
  const id = randomBytes(16).toString('base64url')
  const format = ['kafka.tools.StorageTool', 'format', '-t', id, '-c', path]
  const users =
    guard === undefined ? [] : ['--add-scram', `SCRAM-SHA-512=[name=${guard.user},password=${guard.password}]`]
  await runProgram('java', [...java, ...format, ...users], null)
  const start = () =>
    ServiceProcess.start({ name: 'kafka', command: 'java', args: [...java, 'kafka.Kafka', path], port, cwd: folder })
  // Its pid is another one after a restart: the object itself is what tells it.
  return Object.assign(await breakable(folder, start), { url: `kafka://127.0.0.1:${port}`, port })
}

type Properties = Readonly<Record<string, string | number | boolean>>

interface Ports {
  readonly clients: number
  readonly brokers: number
  readonly controller: number
}

function properties(folder: string, ports: Ports, apart: KafkaOptions['apart']): Properties {
  const another = (port: number | undefined) => (port === undefined ? '' : `,APART://127.0.0.1:${port}`)
  const [clients, brokers] = [`CLIENTS://127.0.0.1:${ports.clients}`, `BROKERS://127.0.0.1:${ports.brokers}`]
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `${clients},${brokers},CONTROLLER://127.0.0.1:${ports.controller}${another(apart?.port)}`,
    'advertised.listeners': `${clients},${brokers}${another(apart?.told)}`,
    'inter.broker.listener.name': 'BROKERS',
    'listener.security.protocol.map': 'CLIENTS:PLAINTEXT,APART:PLAINTEXT,BROKERS:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    'delete.topic.enable': true,
  }
}

function guarded({ tls, user, password }: KafkaGuard): Properties {
  const module = 'org.apache.kafka.common.security'
  const pem = (text: string) => text.trim().replaceAll('\n', '\\n')
  return {
    'listener.security.protocol.map': 'CLIENTS:SASL_SSL,BROKERS:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'listener.name.clients.ssl.keystore.type': 'PEM',
    'listener.name.clients.ssl.keystore.certificate.chain': pem(tls.cert),
    'listener.name.clients.ssl.keystore.key': pem(tls.key),
    'listener.name.clients.sasl.enabled.mechanisms': 'SCRAM-SHA-512,PLAIN',
    'listener.name.clients.scram-sha-512.sasl.jaas.config': `${module}.scram.ScramLoginModule required;`,
    'listener.name.clients.plain.sasl.jaas.config': `${module}.plain.PlainLoginModule required user_${user}="${password}";`,
  }
}

function propertyLines(lines: Properties): string {
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
