/** `consume` of `dovetail-client/follow`: the workers of a named consumer, in programs. */
import { type ConsumeOptions, consume, type WorkerPage } from 'dovetail-client/follow'
import { expect, onTestFinished, test } from 'vitest'
import { at } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { until } from '../support/until.ts'

const server = serving({ limits: { leaseSeconds: 2 } })

async function working(consumer: string, options: Partial<ConsumeOptions> = {}) {
  const control = new AbortController()
  onTestFinished(() => control.abort())
  const token = await tokenFor('worker', { role: 'service' })
  const base = { url: server.url, token, consumer, pattern: `chat:${consumer}-*`, from: 'beginning' as const }
  const pages = consume({ ...base, signal: control.signal, ...options })
  const next = async (): Promise<WorkerPage> => {
    const { value, done } = await until(`a page of ${consumer}`, pages.next())
    if (done === true) throw new Error('the consuming is over')
    return value
  }
  return { next, pages, control }
}

async function write(channel: string, text: string): Promise<void> {
  expect((await (await server.rest('ana')).post(at(channel), { text })).status).toBe(201)
}

/** Each change as `channel rev`. */
function heard({ channels }: WorkerPage): string[] {
  return channels.flatMap((part) =>
    'ended' in part
      ? [`${part.channel} ${part.ended}`]
      : part.changes.map(({ record }) => `${part.channel} ${record.rev}`),
  )
}

test('[CON4] a page is acknowledged when the next one is asked for, and counts for the next worker', async () => {
  await write('chat:ack-a', '1')
  const one = await working('ack')
  expect(heard(await one.next())).toEqual(['chat:ack-a 1'])
  const asked = one.next()
  await write('chat:ack-b', '1')
  expect(heard(await asked)).toEqual(['chat:ack-b 1'])
  await one.pages.return()
  const two = await working('ack')
  // What was acknowledged does not come; what the first worker gave back does, at once.
  expect(heard(await two.next())).toEqual(['chat:ack-b 1'])
})

test('[CON5] a page that takes longer than its lease is renewed', { timeout: 60_000 }, async () => {
  await write('chat:slow-a', '1')
  const [one, two] = [await working('slow'), await working('slow')]
  const page = await one.next()
  const other = two.next()
  await new Promise((resolve) => setTimeout(resolve, 5000))
  expect(page.signal.aborted).toBe(false)
  await write('chat:slow-b', '1')
  expect(heard(await other)).toEqual(['chat:slow-b 1'])
})

test('[CON5] a worker whose renewals do not arrive learns that it lost its channels', { timeout: 60_000 }, async () => {
  await write('chat:lost-a', '1')
  let isCut = false
  const cut: typeof fetch = async (...request) => {
    if (isCut) throw new TypeError('cut')
    return await fetch(...request)
  }
  const [one, two] = [await working('lost', { fetch: cut, random: () => 0 }), await working('lost')]
  const page = await one.next()
  isCut = true
  expect(heard(await two.next())).toEqual(['chat:lost-a 1'])
  await expect.poll(() => page.signal.aborted, { timeout: 45_000 }).toBe(true)
  isCut = false
  const asked = one.next()
  await write('chat:lost-b', '1')
  // Its late acknowledgement is refused, and it goes on.
  expect(heard(await asked)).toEqual(['chat:lost-b 1'])
})

test('[CON8] a request or an answer that is lost loses no change', { timeout: 60_000 }, async () => {
  await write('chat:cut-a', '1')
  let asked = 0
  const flaky: typeof fetch = async (...request) => {
    const lost = ++asked % 3
    if (lost === 1) throw new TypeError('lost on its way')
    const answer = await fetch(...request)
    if (lost === 2) throw new TypeError('lost on its way back')
    return answer
  }
  const { next } = await working('cut', { fetch: flaky, random: () => 0 })
  expect(heard(await next())).toEqual(['chat:cut-a 1'])
  await write('chat:cut-b', '1')
  const second = heard(await next())
  expect(second.at(-1)).toBe('chat:cut-b 1')
})

test('[CON1, CON2] what would be refused again is thrown', async () => {
  const ana = await working('one', { token: await tokenFor('ana') })
  await expect(ana.pages.next()).rejects.toMatchObject({ name: 'DovetailError', code: 'forbidden' })
  const wrong = await working('one', { pattern: 'chat:*x' })
  await expect(wrong.pages.next()).rejects.toMatchObject({ code: 'invalid_name' })
})

test('it ends without an error where its signal is aborted, also while it waits', async () => {
  const { pages, control } = await working('end')
  const waiting = pages.next()
  control.abort()
  expect(await until('the end', waiting)).toEqual({ value: undefined, done: true })
})
