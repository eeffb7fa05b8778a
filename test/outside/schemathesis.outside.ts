/**
 * schemathesis makes requests of /openapi.json, good ones and bad ones, and holds each reply against the document: as
 * nobody, as a user, and as an admin.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/files.ts'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'

const run = promisify(execFile)
/** A download on a slow machine. */
const toolMs = 600_000
const testSeconds = 60

/** Requests come as fast as they can, some hundred a second, and a poll must not make them wait. */
const many = 1_000_000
const limits = {
  ...{ commands: many, commandsBurst: many, addressCommands: many, addressCommandsBurst: many },
  ...{ guests: many, channels: many, channelsBurst: many, failures: many },
  ...{ waitSeconds: 0.1, waitSecondsMax: 0.1 },
}

const configuration = `
seed = 1
continue-on-failure = true
request-timeout = 10
warnings = false

[generation]
max-examples = 15
no-shrink = true

# A request that the document allows may still be refused. What a string has to be, such as a name or a cursor, which
# parameters exclude each other, and that a ticket is for streams, is said in words and by the codes of the 4xx.
[checks.positive_data_acceptance]
enabled = false

# For generators maxBytes is an int32; a greater number is taken as well.
[[operations]]
include-path = ["/v1/changes", "/v1/channels/{ch}/changes"]
checks.negative_data_rejection.enabled = false

# A key is deleted by its id; schemathesis takes the key itself, and misses it.
[[operations]]
include-path = "/v1/keys/{key}"
checks.ensure_resource_availability.enabled = false

# A ticket on a poll is refused before the missing token is.
[[operations]]
include-path = "/v1/follow"
checks.missing_required_header.enabled = false

# Each write of a batch is judged for itself: a wrong one has its refusal among the results.
[[operations]]
include-path = "/v1/batch"
checks.negative_data_rejection.enabled = false
`

describe('schemathesis', () => {
  const server = serving({ limits, store: 'sqlite', files: temporaryFolder() })
  let tools = ''

  beforeAll(async () => {
    tools = await mkdtemp(join(tmpdir(), 'dovetail-schemathesis-'))
    await writeFile(join(tools, 'schemathesis.toml'), configuration)
    await run('python3', ['-m', 'venv', tools])
    await run(join(tools, 'bin/pip'), ['install', '--quiet', 'schemathesis==4.32.5'])
  }, toolMs)
  afterAll(() => rm(tools, { recursive: true, force: true }))

  test.each(['nobody', 'user', 'admin'] as const)(
    'every reply to %s is as /openapi.json says',
    async (caller) => {
      const token = caller === 'nobody' ? null : await tokenFor(`a-${caller}`, { role: caller, ttl: 7200 })
      const header = token === null ? [] : ['--header', `Authorization: Bearer ${token}`]
      const args = ['--max-time', String(testSeconds), '--no-color', ...header, `${server.url}/openapi.json`]
      const ended = run(join(tools, 'bin/schemathesis'), ['run', ...args], { cwd: tools, maxBuffer: 2 ** 26 })
      const { code, stdout } = await ended.then(
        ({ stdout }) => ({ code: 0, stdout }),
        (error: { readonly code: unknown; readonly stdout: string }) => error,
      )
      expect(code, stdout).toBe(0)
      expect(stdout).toMatch(/\d{3,} generated/)
    },
    toolMs,
  )
})
