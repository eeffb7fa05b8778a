import { describe, expect, onTestFinished, test } from 'vitest'
import { advanced, type BackbonePair, type CuttablePair, dropped, Ear, isOf } from './backbone.fixture.ts'

/** What every backbone promises where nothing is cut. `open` gives a pair that hears no other test's bells. */
export function backboneContract(name: string, open: () => Promise<BackbonePair>): void {
  const opened = async () => {
    const { near, far } = await open()
    onTestFinished(async () => {
      await near.close()
      await far.close()
    })
    return { near, far, ear: new Ear(far), nearEar: new Ear(near) }
  }
  describe(name, () => {
    hearingContract(opened)
    interestContract(opened)
    ringingContract(opened)
  })
}

type Opened = () => Promise<BackbonePair & { ear: Ear; nearEar: Ear }>

function hearingContract(opened: Opened): void {
  test('a bell is heard as it was rung, whatever its kind', async () => {
    const { near, ear } = await opened()
    await ear.listen('chat:a')
    const bells = [
      advanced('chat:a', 3, ['é 😀 "\\ \u2028', '<b>', 'gone']),
      advanced('chat:a', 9_007_199_254_740_991, []),
      dropped('chat:a'),
      { kind: 'signal', channel: 'chat:a', type: 'typing', data: '{"x":[1,null,"ü"]}', user: 'ana' },
      { kind: 'signal', channel: 'chat:a', type: 'a.b:c', data: '0', user: null },
    ] as const
    for (const bell of bells) near.ring(bell)
    for (const bell of bells) {
      const text = JSON.stringify(bell)
      expect(await ear.heard(text, (heard) => JSON.stringify(heard) === text)).toEqual(bell)
    }
  })

  test('a bell of 100 kB is heard, or at least that the channel moved', async () => {
    const { near, ear } = await opened()
    await ear.listen('chat:a')
    near.ring(advanced('chat:a', 1, ['ü'.repeat(50_000)]))
    expect(await ear.heard('the bell', isOf('chat:a'))).toMatchObject({ kind: 'advanced', epoch: 'e0', head: 1 })
  })

  test('a node does not hear its own bells', async () => {
    const { near, far, ear, nearEar } = await opened()
    await Promise.all([ear.listen('chat:a'), nearEar.listen('chat:a')])
    near.ring(dropped('chat:a'))
    await ear.heard('the bell', isOf('chat:a'))
    far.ring(advanced('chat:a', 1, []))
    await nearEar.heard('the other bell', isOf('chat:a'))
    await near.probe()
    expect(nearEar.bells.map(({ kind }) => kind)).toEqual(['advanced'])
  })

  test('that sign-ins were revoked is heard without listening to anything', async () => {
    const { near, ear } = await opened()
    near.ring({ kind: 'revoked' })
    await ear.heard('the bell', ({ kind }) => kind === 'revoked')
  })
}

function interestContract(opened: Opened): void {
  test('what is rung once `listen` has resolved is heard', async () => {
    const { near, ear } = await opened()
    for (let i = 0; i < 20; i++) {
      await ear.listen(`chat:${i}`)
      near.ring(dropped(`chat:${i}`))
      await ear.heard(`the bell of chat:${i}`, isOf(`chat:${i}`))
    }
  })

  test('only channels that are listened to are heard, by their whole names', async () => {
    const { near, ear } = await opened()
    const long = `a${'.:~@-_'.repeat(21)}z`
    for (const channel of ['chat:a', long, 'dev:null']) await ear.listen(channel)
    for (const other of ['chat:A', 'chat', 'chat:aa', 'chat:a:', 'probe', 'all']) near.ring(dropped(other))
    for (const channel of [long, 'dev:null', 'chat:a']) near.ring(dropped(channel))
    for (const channel of ['chat:a', long, 'dev:null']) await ear.heard(channel, isOf(channel))
    expect(ear.bells).toHaveLength(3)
  })

  test('a channel is heard until the last of its listeners stops', async () => {
    const { near, ear } = await opened()
    const [stopOne, stopTwo] = [await ear.listen('chat:a'), await ear.listen('chat:a')]
    await ear.listen('chat:end')
    stopOne()
    stopOne()
    near.ring(advanced('chat:a', 1, []))
    await ear.heard('the bell', isOf('chat:a'))
    stopTwo()
    // Whoever listens anew meanwhile is not stopped by the stop before.
    const stopThree = await ear.listen('chat:a')
    near.ring(advanced('chat:a', 2, []))
    await ear.heard('the second bell', (bell) => bell.kind === 'advanced' && bell.head === 2)
    stopThree()
    await ear.listen('chat:later')
    near.ring(advanced('chat:a', 3, []))
    near.ring(dropped('chat:end'))
    await ear.heard('the end', isOf('chat:end'))
    expect(ear.bells.filter(isOf('chat:a'))).toHaveLength(2)
  })
}

function ringingContract(opened: Opened): void {
  test('a probe resolves when its bell came back, for each who asks', async () => {
    const { near, far } = await opened()
    await Promise.all([near.probe(), near.probe(), far.probe()])
    await near.probe()
  })

  test('once closed, ringing does nothing, and what waits for an answer is refused', async () => {
    const { near, far } = await opened()
    await near.listen('chat:a')
    await near.close()
    near.ring(dropped('chat:a'))
    await expect(near.probe()).rejects.toThrow()
    await expect(near.listen('chat:b')).rejects.toThrow()
    await near.close()
    await far.probe()
  })

  test('a thousand bells are rung at once, in one turn, and heard', async () => {
    const { near, ear } = await opened()
    await ear.listen('chat:a')
    for (let head = 1; head <= 1000; head++) near.ring(advanced('chat:a', head, ['x']))
    await ear.heard('the last bell', (bell) => bell.kind === 'advanced' && bell.head === 1000)
    await expect.poll(() => ear.bells.length, { timeout: 25_000 }).toBe(1000)
  })
}

/** What every backbone promises besides whose nodes can be cut from each other. */
export function cutContract(name: string, open: () => Promise<CuttablePair>): void {
  test(`${name}: a cut end rings and listens without waiting; once it is back it doubts, and hears all channels again`, async () => {
    const pair = await open()
    onTestFinished(async () => {
      await pair.near.close()
      await pair.far.close()
    })
    const ear = new Ear(pair.far)
    const nearEar = new Ear(pair.near)
    await Promise.all([ear.listen('chat:a'), nearEar.listen('chat:b')])
    const heal = await pair.cut()
    for (let head = 1; head <= 20_000; head++) pair.far.ring(advanced('chat:b', head, ['x'.repeat(1000)]))
    await ear.listen('chat:new')
    await heal()
    await ear.doubtsReach(1)
    await ear.heardInTheEnd(pair.near, dropped('chat:a'))
    await ear.heardInTheEnd(pair.near, dropped('chat:new'))
    await nearEar.heardInTheEnd(pair.far, dropped('chat:b'))
    await pair.far.probe()
  })
}
