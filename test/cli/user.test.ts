import { expect, test } from 'vitest'
import { picture, temporaryFolder, uploaded } from '../support/files.ts'
import { at } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { runHere } from './run-here.ts'

const server = serving({ store: 'sqlite', files: temporaryFolder() })

async function user(...args: readonly string[]) {
  const token = await tokenFor('officer', { role: 'service' })
  return runHere(['user', ...args], { DOVETAIL_TOKEN: token, DOVETAIL_URL: server.url })
}

test('[PER1, PER2, A7] a person is printed, and erased with --yes', async () => {
  const ana = await server.rest('ana')
  await ana.post(at('chat:one'), { text: 'hello' })
  await ana.patch('/v1/me', { name: 'Ana' })
  const printed = await user('export', 'ana')
  expect(printed.exitCode).toBe(0)
  const lines = printed.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toEqual([
    { profile: { user: 'ana', name: 'Ana', guest: false } },
    { channel: 'chat:one', record: expect.objectContaining({ author: 'ana', data: { text: 'hello' } }) },
  ])
  const unsure = await user('erase', 'ana')
  expect([unsure.exitCode, unsure.stderr]).toEqual([2, expect.stringContaining('--yes')])
  const erased = await user('erase', 'ana', '--yes')
  expect([erased.exitCode, erased.stdout]).toEqual([0, '{"user":"ana","erased":1}\n'])
  expect((await user('export', 'ana')).stdout).toBe('')
})

test('[PER4] the files that a person uploaded are printed after the records, with addresses that need no token', async () => {
  const file = await uploaded(await server.rest('ben'), 'chat:one')
  const { stdout } = await user('export', 'ben')
  const { file: printed } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '{}')
  expect(printed).toMatchObject({ id: file.id, channel: 'chat:one', name: 'läke.png', referred: false })
  expect((await fetch(printed.url)).headers.get('content-length')).toBe(String(picture.length))
})

test('a user name that is none, a missing token and a wrong role are one line', async () => {
  const outcomes = [
    await user('export', 'no user'),
    await runHere(['user', 'export', 'ana', '--url', server.url]),
    await runHere(['user', 'export', 'ana', '--url', server.url, '--token', await tokenFor('bob')]),
    await user('erase'),
  ]
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([2, 2, 1, 2])
})
