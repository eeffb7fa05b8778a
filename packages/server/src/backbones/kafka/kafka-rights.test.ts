/** Rights on the topic, by a real broker that has an authorizer [P8]. */
import { AclOperations, AclPermissionTypes, Admin, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka'
import { type KafkaService, startKafka } from 'dovetail-lab/services'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Clock } from '../../ports/clock.ts'
import { systemClock } from '../../runtime/system-clock.ts'
import { answering } from '../shared/answering.fixture.ts'
import { openKafkaBackbone } from './kafka-backbone.ts'

const password = 'secret'
const users = ['reader', 'writer', 'both', 'maker', 'nobody']
let kafka: KafkaService
let admin: Admin

beforeAll(async () => {
  const passwords = Object.fromEntries(['admin', ...users].map((user) => [user, password]))
  kafka = await startKafka({ authorized: { admin: 'admin', passwords } })
  admin = new Admin({
    clientId: 'test',
    bootstrapBrokers: [`127.0.0.1:${kafka.port}`],
    sasl: { mechanism: 'PLAIN', username: 'admin', password },
  })
  await admin.createTopics({ topics: ['bells'], partitions: 1, replicas: 1 })
  await allow('reader', 'READ', 'bells')
  await allow('writer', 'WRITE', 'bells')
  for (const topic of ['bells', 'absent']) {
    await allow('both', 'READ', topic)
    await allow('both', 'WRITE', topic)
  }
  await allow('maker', 'CREATE', 'bells')
}, 240_000)
afterAll(async () => {
  await admin.close()
  await kafka.stop()
})

async function allow(user: string, operation: 'READ' | 'WRITE' | 'CREATE', topic: string): Promise<void> {
  const rule = {
    resourceType: ResourceTypes.TOPIC,
    resourceName: topic,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: `User:${user}`,
    host: '*',
    operation: AclOperations[operation],
    permissionType: AclPermissionTypes.ALLOW,
  }
  await admin.createAcls({ creations: [rule] })
}

/** Opens the backbone as a user. `delays` has what it asked the clock for. */
function open(user: string, topic = 'bells') {
  const delays: number[] = []
  const clock: Clock = {
    ...systemClock,
    after: (ms, task) => {
      delays.push(ms)
      return systemClock.after(ms, task)
    },
  }
  const url = `kafka://${user}:${password}@127.0.0.1:${kafka.port}/${topic}?mechanism=plain`
  return { opened: openKafkaBackbone(url, { clock, report: () => {} }), delays }
}

/** The first pause before a topic is looked for again, and before a start is tried again. */
const pauses = [50, 100]

describe('a user of Kafka with some rights', () => {
  test.each([
    ['reader', 'bells', 'Write'],
    ['writer', 'bells', 'Read'],
    ['maker', 'bells', 'Read, Write'],
    ['nobody', 'bells', 'Create, Read, Write'],
    ['both', 'absent', 'Create'],
  ])('[P8] %s is told at start what it lacks on the topic %s: %s', async (user, topic, rights) => {
    const { opened, delays } = open(user, topic)
    const operations = rights.replaceAll(/(\w+),?/g, '--operation $1')
    await expect(opened).rejects.toThrow(
      `the user "${user}" lacks the ${rights.includes(',') ? 'rights' : 'right'} ${rights} on the topic "${topic}"; an ` +
        `administrator gives it by: kafka-acls.sh --bootstrap-server 127.0.0.1:${kafka.port} --add ` +
        `--allow-principal User:${user} ${operations} --topic ${topic}`,
    )
    expect(delays).not.toEqual(expect.arrayContaining([expect.toBeOneOf(pauses)]))
  })

  test('[P8] Read and Write are enough', async () => {
    const backbone = await open('both').opened
    await answering(backbone)
    await backbone.close()
  })
})
