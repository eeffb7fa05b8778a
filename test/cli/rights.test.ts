import { expect, test } from 'vitest'
import { at, freshChannel } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { runHere } from './run-here.ts'

const server = serving()

async function doctor(...args: readonly string[]) {
  const token = await tokenFor('root', { role: 'admin' })
  return runHere(['doctor', ...args], { DOVETAIL_TOKEN: token, DOVETAIL_URL: server.url })
}

test('[RIG1] doctor --rights prints each right with the rule that decides it', async () => {
  const channel = freshChannel('chat')
  const owner = await server.rest('olga')
  await owner.put(`/v1/channels/${channel}`, {})
  await owner.post(at(channel, 'members'), { user: 'mo', role: 'banned' })
  const banned = await doctor('--rights', 'mo', channel)
  expect([banned.exitCode, banned.stderr]).toEqual([0, ''])
  expect(banned.stdout).toContain(`${channel} is public; mo with a token of the role "user", membership: banned\n`)
  expect(banned.stdout).toMatch(/^✓ read +"chat\.read" is "anyone": mo counts as anyone$/m)
  expect(banned.stdout).toMatch(/^✗ messages: create +mo is banned here$/m)
  const granted = await doctor(server.url, '--rights', 'mo', channel, '--grant', 'chat:*=read,write', '--json')
  const { rights } = JSON.parse(granted.stdout) as { rights: { action: string; cause: string; allowed: boolean }[] }
  expect(rights.find(({ action }) => action === 'create')).toMatchObject({ allowed: true, cause: 'grant' })
  const nobody = await doctor('--rights', '-', channel, server.url)
  expect(nobody.stdout).toContain('; without a token, membership: none\n')
})

test('doctor --rights without a channel, with a bad name, a bad role or no token is one line', async () => {
  const outcomes = [
    await doctor('--rights', 'mo'),
    await doctor('--rights', 'no user', 'chat:a'),
    await doctor('--rights', 'mo', 'chat:a', '--role', 'king'),
    await doctor('--rights', 'mo', 'nothing:a'),
    await runHere(['doctor', '--rights', 'mo', 'chat:a'], { DOVETAIL_URL: server.url }),
  ]
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2, 1, 2])
  for (const { stderr } of outcomes) expect(stderr.trimEnd().split('\n').length).toBe(1)
})
