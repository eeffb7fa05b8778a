/** `dovetail conformance` drives a client by its output; the SDK's example passes, and a client that stands still does not. */
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { runDovetail } from '../support/servers/spawn-server.ts'

const example = fileURLToPath(new URL('../../examples/node/follow.mjs', import.meta.url))
/** Servers and clients are processes of their own, several a case. */
const testMs = 240_000

async function conformance(client: string, ...flags: string[]) {
  return await runDovetail(['conformance', '--client', client, ...flags]).ended
}

describe('the conformance of a client', () => {
  test('the SDK joins a page and what follows it, and follows into another epoch', { timeout: testMs }, async () => {
    const cases = ['page and stream join', 'another epoch']
    const flags = cases.flatMap((name) => ['--case', name])
    const { code, stdout } = await conformance(`'${process.execPath}' '${example}'`, ...flags, '--json')
    const results = JSON.parse(stdout) as { name: string; fault: string | null }[]
    expect(results.map(({ name, fault }) => [name, fault])).toEqual(cases.map((name) => [name, null]))
    expect(code).toBe(0)
  })

  test('a client that prints nothing, or ends, does not pass, and it is told why', { timeout: testMs }, async () => {
    const flags = ['--case', 'page and stream join', '--patience', '1']
    const silent = await conformance("sh -c 'sleep 600'", ...flags)
    expect(silent.stdout).toMatch(/^✗ page and stream join: it lacks record \S+ of revision 1 within 1 s\n$/)
    expect([silent.code, silent.stderr]).toEqual([1, 'dovetail: 1 of 1 cases not passed\n'])
    const ended = await conformance("sh -c 'echo no >&2; exit 3'", ...flags)
    expect(ended.stdout).toBe('✗ page and stream join: it ended with 3 after "no"\n')
  })

  test('what it was asked for wrongly is told in one line', { timeout: testMs }, async () => {
    expect((await runDovetail(['conformance']).ended).stderr).toBe(
      'dovetail: --client: which command runs the client?\n',
    )
    const { code, stderr } = await conformance('true', '--case', 'no such')
    expect([code, stderr]).toEqual([2, expect.stringContaining('--case: "no such" is none of page and stream join;')])
  })
})
