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

export interface KafkaService extends Breakable {
  /** `kafka://host:port`, without a topic. */
  readonly url: string
  readonly port: number
}

export async function startKafka(): Promise<KafkaService> {
  const jars = await kafkaJars()
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-kafka-'))
  const [port, controllerPort] = [await freePort(), await freePort()]
  const path = join(folder, 'server.properties')
  await writeFile(path, properties(folder, port, controllerPort))
  const java = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(jars, '*')]
  const id = randomBytes(16).toString('base64url')
  await runProgram('java', [...java, 'kafka.tools.StorageTool', 'format', '-t', id, '-c', path], null)
  const start = () =>
    ServiceProcess.start({ name: 'kafka', command: 'java', args: [...java, 'kafka.Kafka', path], port, cwd: folder })
  // Its pid is another one after a restart: the object itself is what tells it.
  return Object.assign(await breakable(folder, start), { url: `kafka://127.0.0.1:${port}`, port })
}

function properties(folder: string, port: number, controllerPort: number): string {
  const lines = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    'delete.topic.enable': true,
  }
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
