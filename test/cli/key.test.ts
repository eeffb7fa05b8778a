import { expect, test } from 'vitest'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { runHere } from './run-here.ts'

const server = serving()

async function key(...args: readonly string[]) {
  const token = await tokenFor('root', { role: 'admin' })
  return runHere(['key', ...args], { DOVETAIL_TOKEN: token, DOVETAIL_URL: server.url })
}

test('[TOK19, TOK20] a key is printed once, listed without it, taken as a token, and revoked', async () => {
  const made = await key('create', 'billing')
  expect([made.exitCode, made.stdout]).toEqual([0, expect.stringMatching(/^dk_[\w-]{43}\n$/)])
  const [, id = ''] = /the key ([0-9a-f]{16}) of billing/.exec(made.stderr) ?? []
  const environment = { DOVETAIL_TOKEN: made.stdout.trim(), DOVETAIL_URL: server.url }
  const published = await runHere(['publish', 'chat:keys', 'messages'], environment, ['{"text":"hello"}\n'])
  expect(published.exitCode).toBe(0)
  const listed = await key('list')
  expect(listed.stdout).toMatch(new RegExp(`${id} │ billing │ service │ \\S+ │ \\d{4}-`))
  const [line] = (await key('list', '--json')).stdout.trimEnd().split('\n')
  expect(JSON.parse(line ?? '')).toMatchObject({ id, user: 'billing', role: 'service' })
  expect(listed.stdout).not.toContain(made.stdout.trim().slice(3))
  expect((await key('revoke', id)).exitCode).toBe(0)
  const after = await runHere(['publish', 'chat:keys', 'messages'], environment, ['{"text":"hello"}\n'])
  expect([after.exitCode, after.stderr]).toEqual([1, expect.stringContaining('dovetail: ')])
  expect((await key('list')).stdout).not.toContain(id)
})

test('what can not be meant and what is refused is one line', async () => {
  const outcomes = [
    await key('create', 'no user'),
    await key('create', 'x', '--role', 'king'),
    await key('create'),
    await runHere(['key', 'list', '--url', server.url]),
    await key('revoke', 'absent'),
    await runHere(['key', 'list', '--url', server.url, '--token', await tokenFor('ops', { role: 'service' })]),
  ]
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2, 2, 1, 1])
  for (const { stdout, stderr } of outcomes)
    expect([stdout, stderr]).toEqual(['', expect.stringMatching(/^dovetail: [^\n]+\n$/)])
})
