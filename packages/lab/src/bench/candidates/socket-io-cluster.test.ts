import { expect, test } from 'vitest'
import { DeliveryLog } from '../../load/delivery-log.ts'
import { eachIndex, payloadText } from '../../load/payload.ts'
import { PostPool } from '../../load/post-pool.ts'
import { benchSettings } from '../settings/bench-settings.fixture.ts'
import { startSocketIoCluster } from './socket-io-cluster.ts'

test('what is posted to one node of Socket.IO comes to the reader on the other, by Redis', async () => {
  const target = await startSocketIoCluster(benchSettings, 2)
  try {
    const [posted, read] = target.endpoints
    if (posted === undefined || read === undefined) throw new Error('there are no two nodes')
    const log = new DeliveryLog({ readers: 1, messages: 3 })
    const reader = await read.openReader((bytes, start, end) =>
      eachIndex(bytes, start, end, (index) => log.note(0, index)),
    )
    const pool = new PostPool({ ...posted.post, connections: 1 })
    for (let index = 0; index < 3; index++) {
      expect(await pool.post(target.body(payloadText(index, 50)))).toMatchObject({ status: target.status })
    }
    await log.complete
    expect(log.result()).toMatchObject({ received: 3, lost: 0, repeated: 0 })
    expect(Object.keys(target.parts?.() ?? {})).toEqual(['nodes', 'redis'])
    pool.close()
    reader.destroy()
  } finally {
    await target.stop()
  }
}, 60_000)
