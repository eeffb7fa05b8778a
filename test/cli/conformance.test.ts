/**
 * `dovetail conformance` drives a client by its output. The SDK's example passes every case, and so does a client without
 * the SDK; the same client with a mistake planted for each case passes none.
 */
import { fileURLToPath } from 'node:url'
import { type CaseName, type CaseResult, caseNames } from 'dovetail-lab/conformance'
import { describe, expect, test } from 'vitest'
import { runDovetail } from '../support/servers/spawn-server.ts'

const exampleOf = (path: string) => fileURLToPath(new URL(`../../examples/${path}`, import.meta.url))
const plain = fileURLToPath(new URL('../support/conformance/plain-client.mjs', import.meta.url))
/** Servers and clients are processes of their own, some a case. */
const testMs = 600_000

async function conformance(client: string, ...flags: string[]) {
  return await runDovetail(['conformance', '--client', client, ...flags]).ended
}

async function faultsOf(client: string, ...flags: string[]): Promise<[name: CaseName, fault: string | null][]> {
  const { stdout } = await conformance(client, ...flags, '--json')
  return (JSON.parse(stdout) as CaseResult[]).map(({ name, fault }) => [name, fault])
}

/** What the case says of the mistake that it is for. */
const mistakes: Readonly<Record<CaseName, RegExp>> = {
  // Whether it lacks a new record or the change of an old one depends on how fast its process started.
  'page and stream join': /^it (lacks record \S+|has record \S+ as of revision \d+, and not) of (revision )?\d+ within/,
  'cut during the first page': /^it lacks record \S+ of revision 1 within/,
  'cut in the middle of an event': /^it lacks record \S+ of revision 6 within/,
  'cut between catch-up and live': /^revision 6 of record \S+ was printed twice$/,
  "cut right after a write's reply": /^it lacks record \S+ of revision 6 within/,
  'cut again and again': /^it ended with 1$/,
  'records deleted and changed while away': /^it has record \S+, which is not there within/,
  'reset in the middle of a stream': /^it did not print \{"reset":true\} within/,
  // How much of the new epoch is written before it comes back is a matter of speed, and it reads on behind that.
  'another epoch': /^(the new record of revision \d+ came after that of 8$|it lacks record \S+ of revision 1 within)/,
  'another epoch between page and stream': /^it lacks record \S+ of revision 1 within/,
  'the server crashes and is started again': /^it ended with 1$/,
  'a node drains and another is there': /^it ended with 0$/,
  'slow server': /^it did not print "before 20" within/,
  'every message twice': /^revision \d+ of record \S+ was printed twice$/,
  'large records': /^it did not print "live " within/,
  'refused for a while': /^it asked again \d+\.\d s before the end of Retry-After$/,
  'token expires while connected': /^it lacks record \S+ of revision \d+ within/,
  'token expires while away': /^it did not print "away" within/,
}

describe('the conformance of a client', () => {
  const passed = caseNames.map((name) => [name, null])

  test('the SDK passes every case', { timeout: testMs }, async () => {
    expect(await faultsOf(`'${process.execPath}' '${exampleOf('node/follow.mjs')}'`, '--patience', '150')).toEqual(
      passed,
    )
  })

  test('a client without the SDK passes every case', { timeout: testMs }, async () => {
    expect(await faultsOf(`'${process.execPath}' '${plain}'`, '--patience', '150')).toEqual(passed)
  })

  // `npm run outside -- programs examples` lets these, and those that need a compiler, pass all cases.
  test.each([
    ['bash', 'bash', 'bash/follow.sh'],
    // Debian's own interpreter has Debian's package of websockets.
    ['Python', '/usr/bin/python3', 'python/follow.py'],
  ])('the example in %s comes back from a cut', { timeout: testMs }, async (_language, program, path) => {
    const name = 'cut in the middle of an event'
    expect(await faultsOf(`${program} '${exampleOf(path)}'`, '--case', name, '--patience', '150')).toEqual([
      [name, null],
    ])
  })

  test('each case finds the mistake that it is for', { timeout: testMs }, async () => {
    const client = `env PLANTED=1 '${process.execPath}' '${plain}'`
    const faults = await faultsOf(client, '--patience', '20', '--at-once', '6')
    expect(faults).toEqual(caseNames.map((name) => [name, expect.stringMatching(mistakes[name])]))
  })

  test('a client that prints nothing, or ends, does not pass, and it is told why', { timeout: testMs }, async () => {
    const flags = ['--case', 'page and stream join', '--patience', '1']
    const silent = await conformance("sh -c 'sleep 600'", ...flags)
    expect(silent.stdout).toBe('✗ page and stream join: it did not print "before 10" within 1 s\n')
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
