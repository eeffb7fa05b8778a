import { expect, test } from 'vitest'
import { channel, messages, rowsOf, say } from '../support/chat.ts'
import { calm } from '../support/fake-server.ts'
import { world } from '../support/world.ts'

// One of the frames after the connection is late: the reply to the hello, that to the subscribe, or one behind them.
test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'a write to a channel that nobody had written to keeps its row, where others wrote first and frame %d is late',
  async (late) => {
    const { clock, server, client } = world()
    server.repliesFirst = true
    const view = messages(client).live()
    // What sends is loaded with the first write.
    const elsewhere = client.channel('chat:other').collection('messages').create({ text: 'first' })
    await clock.advance(100)
    await elsewhere
    server.down = true
    server.cut()
    await clock.advance(10)
    view.create({ text: 'mine' })
    server.commit(channel, 'bo', say('theirs', 'r1'))
    const shown: (readonly string[])[] = []
    view.subscribe(() => shown.push(rowsOf(view)))
    let frames = 0
    server.weather = { ...calm, delay: () => (++frames === late ? 30 : 1) }
    server.down = false
    await clock.advance(60_000)
    expect(rowsOf(view)).toEqual(['acknowledged theirs', 'acknowledged mine'])
    expect(shown.filter((rows) => !rows.some((row) => row.endsWith(' mine')))).toEqual([])
    client.close()
  },
)
