import { describe, expect, test } from 'vitest'
import {
  closeFrame,
  frame,
  opcodes,
  openUpgraded,
  serverCloseCode,
  serverFrames,
} from '../../support/clients/raw-socket.ts'
import { serving } from '../../support/servers/serving.ts'

describe('B35', () => {
  const server = serving()
  const alive = async () => expect((await (await server.rest()).get('/healthz')).status).toBe(200)

  test.each([5000, 65535])(
    '[CLO3] B35: the close code %i is answered by 1002 or echoed, and the server goes on',
    async (code) => {
      const line = await openUpgraded(server.port)
      line.write(closeFrame(code))
      const received = await line.until('a close frame', (bytes) => serverCloseCode(bytes) !== undefined)
      expect([1002, code]).toContain(serverCloseCode(received))
      await alive()
    },
  )

  test('[CLO1] B35: two close frames in a row count as one', async () => {
    const line = await openUpgraded(server.port)
    line.write(Buffer.concat([closeFrame(1000), closeFrame(1001)]))
    await line.ended
    const closes = serverFrames(line.received()).filter(({ opcode }) => opcode === opcodes.close)
    expect(closes).toHaveLength(1)
    expect(serverCloseCode(line.received())).toBe(1000)
    await alive()
  })

  test('[CLO1] B35: a close right after hello and a cut at any moment do no harm', async () => {
    const hello = frame({ opcode: opcodes.text, payload: '{"id":1,"op":"hello"}' })
    for (let n = 0; n < 20; n++) {
      const line = await openUpgraded(server.port)
      line.write(Buffer.concat([hello, n % 2 === 0 ? closeFrame() : hello]))
      if (n % 3 === 0) line.reset()
      else line.destroy()
    }
    await alive()
  })
})
