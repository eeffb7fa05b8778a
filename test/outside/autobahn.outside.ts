/**
 * The cases of the Autobahn test suite, which judge a WebSocket server by RFC 6455, as kosoku runs them. They are made for
 * an echo. The server itself is judged by the cases that need none, and has to close the others as it documents; an echo
 * on the same WebSocket options is judged by all.
 */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { framing } from '../../packages/server/src/transports/websocket/upgrade.ts'
import { serving } from '../support/servers/serving.ts'

const run = promisify(execFile)
/** A download on a slow machine; and 517 cases there. */
const toolMs = 300_000
/** The largest that `messageBytes` may be set to, which is the largest message of the cases too. */
const largestMessage = 16 * 1024 * 1024

/** The judgement of one case, with the names of Autobahn's own reports. */
interface Judged {
  readonly id: string
  readonly behavior: string
  readonly behaviorClose: string
  readonly remoteCloseCode: number | null
  /** By verdict: what has to be received. */
  readonly expected: Readonly<Record<string, readonly (readonly unknown[])[]>>
}

const wantsEcho = ({ expected }: Judged): boolean => (expected.OK ?? []).some(([kind]) => kind === 'message')
/** They measure how long an echo takes: the report names nothing that has to be received. */
const isOfLimits = ({ id }: Judged): boolean => id.startsWith('9.')
const isOfCompression = ({ id }: Judged): boolean => /^1[23]\./.test(id)

/** How often each verdict was given. */
function counted(cases: readonly Judged[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { behavior, behaviorClose } of cases) {
    const verdict = `${behavior}, close ${behaviorClose}`
    counts[verdict] = (counts[verdict] ?? 0) + 1
  }
  return counts
}

/** Broken UTF-8 in the first of several fragments is refused at the end of the message, not at once. */
const nonStrict = ['6.4.1', '6.4.2', '6.4.3', '6.4.4']
/** 4 MiB in fragments of 64 bytes to 16 KiB: 256 and more. */
const ofManyFragments = [1, 2, 3, 4, 5].flatMap((size) => [`9.3.${size}`, `9.4.${size}`])

const ids = (cases: readonly Judged[]) => cases.map(({ id }) => id).sort()
describe('the Autobahn test suite', () => {
  let tools = ''

  beforeAll(async () => {
    tools = await mkdtemp(join(tmpdir(), 'dovetail-autobahn-'))
    await run('python3', ['-m', 'venv', tools])
    await run(join(tools, 'bin/pip'), ['install', '--quiet', 'kosoku==0.1.0'])
  }, toolMs)
  afterAll(() => rm(tools, { recursive: true, force: true }))

  async function judge(url: string): Promise<Judged[]> {
    const folder = await mkdtemp(join(tmpdir(), 'dovetail-autobahn-report-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    // It ends with 1 where a case failed, which is for this test to judge.
    await run(join(tools, 'bin/kosoku'), ['--parallelism', '2', '--outdir', folder, url], { maxBuffer: 2 ** 26 }).catch(
      (error: { readonly code: unknown }) => expect(error.code, String(error)).toBe(1),
    )
    const names = (await readdir(folder)).filter((name) => /_case_.*\.json$/.test(name))
    const cases = await Promise.all(
      names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as Judged),
    )
    expect(cases).toHaveLength(517)
    return cases
  }

  describe('on the server itself', () => {
    const many = 1_000_000
    const server = serving({ limits: { addressCommands: many, addressCommandsBurst: many } })

    test(
      '[CLO3, CLO6, CLO7] frames, control frames, UTF-8 and closing are right',
      async () => {
        const cases = await judge(`${server.url.replace('http', 'ws')}/v1/ws`)
        const [ofCompression, others] = [cases.filter(isOfCompression), cases.filter((each) => !isOfCompression(each))]
        expect(counted(ofCompression)).toEqual({ 'UNIMPLEMENTED, close OK': 216 })
        const echoes = others.filter((each) => wantsEcho(each) || isOfLimits(each))
        // A first message that is no hello, a binary one, one that is too long, one of too many fragments.
        expect(new Set(echoes.map(({ remoteCloseCode }) => remoteCloseCode))).toEqual(new Set([4400, 1003, 1009, 1008]))
        const judged = others.filter((each) => !echoes.includes(each))
        expect(counted(judged)).toEqual({
          'OK, close OK': 134,
          'NON-STRICT, close OK': 4,
          'INFORMATIONAL, close INFORMATIONAL': 2,
        })
        expect(ids(judged.filter(({ behavior }) => behavior === 'NON-STRICT'))).toEqual(nonStrict)
      },
      toolMs,
    )
  })

  test(
    'an echo by the options of the server passes',
    async () => {
      const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...framing(largestMessage) })
      onTestFinished(() => void server.close())
      server.on('connection', (peer) => {
        // What breaks the protocol is an error, and no failure of this test.
        peer.on('error', () => {}).on('message', (data, binary) => peer.send(data, { binary }))
      })
      await once(server, 'listening')
      const cases = await judge(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
      expect(counted(cases)).toEqual({
        'OK, close OK': 284,
        'NON-STRICT, close OK': 4,
        'INFORMATIONAL, close INFORMATIONAL': 3,
        'UNIMPLEMENTED, close OK': 216,
        'FAILED, close FAILED': 10,
      })
      expect(ids(cases.filter(({ behavior }) => behavior === 'NON-STRICT'))).toEqual(nonStrict)
      const failed = cases.filter(({ behavior }) => behavior === 'FAILED')
      expect(ids(failed)).toEqual(ofManyFragments.sort())
      expect(failed.every(({ remoteCloseCode }) => remoteCloseCode === 1008)).toBe(true)
    },
    toolMs,
  )
})
