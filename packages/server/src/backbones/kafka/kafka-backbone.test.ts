import { Admin } from '@platformatic/kafka'
import { type KafkaService, startKafka } from 'dovetail-lab/services'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { backboneContract, cutContract } from '../../ports/backbone.contract.ts'
import { dropped, isOf, Subscriber } from '../../ports/backbone.fixture.ts'
import { systemClock } from '../../runtime/system-clock.ts'
import { answering } from '../shared/answering.fixture.ts'
import { openKafkaBackbone } from './kafka-backbone.ts'

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
  test('a deleted topic is made again and read again', async () => {
    const { near, far } = await openPair('doomed')
    onTestFinished(async () => {
      await near.close()
      await far.close()
    })
    const subscriber = new Subscriber(far)
    await subscriber.listen('chat:a')
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [`127.0.0.1:${kafka.port}`] })
    onTestFinished(() => admin.close())
    await admin.deleteTopics({ topics: ['doomed'] })
    await subscriber.gapsReach(1)
    await subscriber.receivedInTheEnd(near, dropped('chat:a'))
    await answering(far)
  })

  test('the notifications of nodes whose clocks are a day ahead are received', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 })
    onTestFinished(() => void vi.useRealTimers())
    const { near, far } = await openPair('ahead')
    const subscriber = new Subscriber(far)
    await subscriber.listen('chat:a')
    near.publish(dropped('chat:a'))
    await subscriber.received('the notification', isOf('chat:a'))
    await Promise.all([near, far].map((each) => each.close()))
  })

  test('a node receives no notifications from before it started, and no consumer group is made', async () => {
    const { near, far } = await openPair('late')
    near.publish(dropped('chat:a'))
    await answering(near)
    const late = await openKafkaBackbone(`${kafka.url}/late`, options)
    const subscriber = new Subscriber(late)
    await subscriber.listen('chat:a')
    await subscriber.listen('chat:b')
    near.publish(dropped('chat:b'))
    await subscriber.received('the second notification', isOf('chat:b'))
    expect(subscriber.notifications).toEqual([dropped('chat:b')])
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [`127.0.0.1:${kafka.port}`] })
    expect([...(await admin.listGroups()).keys()]).toEqual([])
    await Promise.all([near, far, late, admin].map((each) => each.close()))
  })

  test('a Kafka address where no broker answers is refused', async () => {
    await expect(openKafkaBackbone('kafka://127.0.0.1:1', options)).rejects.toThrow()
  })
})
