/** A Kafka broker of our own, which is its own controller: free ports, a temporary folder. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { controlService, type ServiceControl } from './breakable.ts'
import { freePort } from './free-port.ts'
import { kafkaJars } from './kafka-jars.ts'
import { runProgram } from './run-program.ts'
import { ServiceProcess } from './service-process.ts'
import type { TlsIdentity } from './tls-identity.ts'

export interface KafkaService extends ServiceControl {
  /** `kafka://host:port`, without a topic. */
  readonly url: string
  readonly port: number
}

export interface KafkaOptions {
  /** Clients come over TLS and sign in by SCRAM-SHA-512 or PLAIN. Absent: no TLS and no sign-in. */
  readonly security?: KafkaSecurity
  /** Clients sign in by PLAIN, and do what access rules (ACLs) give them. Absent: everybody may do all. */
  readonly authorized?: KafkaUsers
  /** Another port to listen on, whose clients are sent on to `advertisedPort`: for a proxy between client and broker that a test can break. */
  readonly extraListener?: { readonly port: number; readonly advertisedPort: number }
}

export interface KafkaSecurity {
  readonly tls: TlsIdentity
  readonly user: string
  readonly password: string
}

export interface KafkaUsers {
  /** The user who may do all, and who gives others their rights. */
  readonly admin: string
  /** The password of each user, the admin included. */
  readonly passwords: Readonly<Record<string, string>>
}

export async function startKafka({ security, authorized, extraListener }: KafkaOptions = {}): Promise<KafkaService> {
  const jars = await kafkaJars()
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-kafka-'))
  const ports = { clients: await freePort(), brokers: await freePort(), controller: await freePort() }
  const port = ports.clients
  const path = join(folder, 'server.properties')
  await writeFile(
    path,
    propertyLines({
      ...properties(folder, ports, extraListener),
      ...(security === undefined ? {} : secured(security)),
      ...(authorized === undefined ? {} : withRights(authorized)),
    }),
  )
  const java = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(jars, '*')]
  const id = clusterId()
  const format = ['kafka.tools.StorageTool', 'format', '-t', id, '-c', path]
  const users =
    security === undefined ? [] : ['--add-scram', `SCRAM-SHA-512=[name=${security.user},password=${security.password}]`]
  await runProgram('java', [...java, ...format, ...users], null)
  const start = () =>
    ServiceProcess.start({ name: 'kafka', command: 'java', args: [...java, 'kafka.Kafka', path], port, cwd: folder })
  // Its pid is another one after a restart: the object itself is what tells it.
  return Object.assign(await controlService(folder, start), { url: `kafka://127.0.0.1:${port}`, port })
}

type Properties = Readonly<Record<string, string | number | boolean>>

interface Ports {
  readonly clients: number
  readonly brokers: number
  readonly controller: number
}

function properties(folder: string, ports: Ports, extraListener: KafkaOptions['extraListener']): Properties {
  const another = (port: number | undefined) => (port === undefined ? '' : `,APART://127.0.0.1:${port}`)
  const [clients, brokers] = [`CLIENTS://127.0.0.1:${ports.clients}`, `BROKERS://127.0.0.1:${ports.brokers}`]
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `${clients},${brokers},CONTROLLER://127.0.0.1:${ports.controller}${another(extraListener?.port)}`,
    'advertised.listeners': `${clients},${brokers}${another(extraListener?.advertisedPort)}`,
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

/** 16 bytes in base64url. The first is a letter: an id that begins with a hyphen is taken for an option. */
export function clusterId(random: (bytes: number) => Buffer = randomBytes): string {
  return `D${random(16).toString('base64url').slice(1)}`
}

function secured({ tls, user, password }: KafkaSecurity): Properties {
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

function withRights({ admin, passwords }: KafkaUsers): Properties {
  const users = Object.entries(passwords).map(([user, password]) => `user_${user}="${password}"`)
  return {
    'listener.security.protocol.map': 'CLIENTS:SASL_PLAINTEXT,BROKERS:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'listener.name.clients.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.clients.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${users.join(' ')};`,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // The broker itself comes without a name.
    'super.users': `User:${admin};User:ANONYMOUS`,
  }
}

function propertyLines(lines: Properties): string {
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
