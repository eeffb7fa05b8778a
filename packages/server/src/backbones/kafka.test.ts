import { type KafkaService, startKafka } from '@dovetail/lab/services'
import { Admin } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { backboneContract, cutContract } from '../ports/backbone.contract.ts'
import { dropped, Ear, isOf } from '../ports/backbone.fixture.ts'
import { systemClock } from '../system-clock.ts'
import { openKafkaBackbone } from './kafka.ts'

let kafka: KafkaService
beforeAll(async () => {
  kafka = await startKafka()
}, 240_000)
afterAll(() => kafka.stop())

const options = { clock: systemClock, report: () => {} }

let topics = 0
async function openPair(topic = `test${++topics}`) {
  const url = `${kafka.url}/${topic}`
  const [near, far] = await Promise.all([openKafkaBackbone(url, options), openKafkaBackbone(url, options)])
  return { near, far }
}

backboneContract('the Kafka backbone', openPair)

cutContract('the Kafka backbone, whose broker is killed', async () => {
  const pair = await openPair()
  const cut = async () => {
    await kafka.kill()
    return () => kafka.restart()
  }
  return { ...pair, cut }
})

describe('the Kafka backbone', () => {
  test('a topic that was deleted is made again, and followed', async () => {
    const { near, far } = await openPair('doomed')
    onTestFinished(async () => {
      await near.close()
      await far.close()
    })
    const ear = new Ear(far)
    await ear.listen('chat:a')
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [`127.0.0.1:${kafka.port}`] })
    onTestFinished(() => admin.close())
    await admin.deleteTopics({ topics: ['doomed'] })
    await ear.doubtsReach(1)
    await ear.heardInTheEnd(near, dropped('chat:a'))
    await far.probe()
  })

  test('what was rung before a node came is not heard by it, and no group is made', async () => {
    const { near, far } = await openPair('late')
    near.ring(dropped('chat:a'))
    await near.probe()
    const late = await openKafkaBackbone(`${kafka.url}/late`, options)
    const ear = new Ear(late)
    await ear.listen('chat:a')
    await ear.listen('chat:b')
    near.ring(dropped('chat:b'))
    await ear.heard('the second bell', isOf('chat:b'))
    expect(ear.bells).toEqual([dropped('chat:b')])
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [`127.0.0.1:${kafka.port}`] })
    expect([...(await admin.listGroups()).keys()]).toEqual([])
    await Promise.all([near, far, late, admin].map((each) => each.close()))
  })

  test('an address where nothing answers is refused', async () => {
    await expect(openKafkaBackbone('kafka://127.0.0.1:1', options)).rejects.toThrow()
  })
})
