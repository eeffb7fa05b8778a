/** `follow` of `dovetail-client/follow`: all channels of a pattern, in a program. */
import { type FollowedPage, type FollowPatternOptions, follow } from 'dovetail-client/follow'
import { expect, onTestFinished, test } from 'vitest'
import { at } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { until } from '../support/until.ts'

const server = serving()

async function followed(pattern: string, options: Partial<FollowPatternOptions> = {}) {
  const ana = await server.rest('ana')
  const control = new AbortController()
  onTestFinished(() => control.abort())
  const token = await tokenFor('worker', { role: 'service' })
  const pages = follow({ url: `${server.url}/`, token, pattern, signal: control.signal, ...options })
  const next = async (): Promise<FollowedPage> => {
    const { value, done } = await until(`a page of ${pattern}`, pages.next())
    if (done === true) throw new Error('the following is over')
    return value
  }
  const write = async (channel: string, text: string) =>
    expect((await ana.post(at(channel), { text })).status).toBe(201)
  return { next, write, control, pages }
}

/** Each change as `channel rev`. */
function heard({ channels }: FollowedPage): string[] {
  return channels.flatMap((part) =>
    'ended' in part
      ? [`${part.channel} ${part.ended}`]
      : part.changes.map(({ record }) => `${part.channel} ${record.rev}`),
  )
}

test('[FOL4, FOL5] gives the changes of all channels, new ones too, and goes on from a cursor that was kept', async () => {
  const { next, write } = await followed('chat:sdk-*')
  const first = await next()
  expect(heard(first)).toEqual([])
  await write('chat:sdk-a', '1')
  expect(heard(await next())).toEqual(['chat:sdk-a 1'])
  await write('chat:sdk-b', '1')
  expect(heard(await next())).toEqual(['chat:sdk-b 1'])
  const again = await followed('chat:sdk-*', { after: first.cursor })
  expect(heard(await again.next())).toEqual(['chat:sdk-a 1', 'chat:sdk-b 1'])
})

test('[FOL5] an answer that is lost is given again, and a cut between two pages loses nothing', async () => {
  let asked = 0
  const flaky: typeof fetch = async (...request) => {
    asked++
    const answer = await fetch(...request)
    // The second request is lost on its way, the third one's answer on its way back.
    if (asked === 2 || asked === 3) throw new TypeError('cut')
    return answer
  }
  const { next, write } = await followed('chat:cut-*', { fetch: flaky, random: () => 0 })
  await next()
  await write('chat:cut-a', '1')
  expect(heard(await next())).toEqual(['chat:cut-a 1'])
  expect(asked).toBe(4)
})

test('[FOL3] what would be refused again is thrown', async () => {
  const ana = await followed('chat:*', { token: await tokenFor('ana') })
  await expect(ana.pages.next()).rejects.toMatchObject({ name: 'DovetailError', code: 'forbidden' })
  const wrong = await followed('chat:*x')
  await expect(wrong.pages.next()).rejects.toMatchObject({ code: 'invalid_name' })
})

test('it ends without an error where its signal is aborted, also while it waits', async () => {
  const { next, pages, control } = await followed('chat:end-*')
  await next()
  const waiting = pages.next()
  control.abort()
  expect(await until('the end', waiting)).toEqual({ value: undefined, done: true })
})
