import { describe, expect, test } from 'vitest'
import { spawnServer } from '../support/servers/spawn-server.ts'
import type { Fault } from './faults.ts'
import { RawReader } from './raw-reader.ts'
import { runJoin } from './run-join.ts'

/** What the checker must say, among other things. */
const verdicts: Partial<Record<Fault, RegExp>> = {
  'dropped-at-the-seam':
    /reader \d+ \(page\): its view differs from a fresh read: at place \d+ it has .*, the fresh read "writer/,
  'wrong-from': /reader \d+ .*: a range begins at \d+, the one before ended at \d+/,
  'reply-before-commit': /acknowledged "writer.*" .* is not in the log/,
  'catch-up-off-by-one': /reader \d+ .*: revision \d+ is missing in the range \d+ to \d+/,
}

describe('the join test finds what is planted', () => {
  test.each(Object.entries(verdicts))('%s turns it red', { timeout: 120_000 }, async (fault, verdict) => {
    const server = await spawnServer({ entry: 'test/join/faulty-server.ts', env: { DOVETAIL_FAULT: fault } })
    const complaints = await runJoin({
      seed: 7,
      server,
      writers: 4,
      writesEach: 60,
      readers: 10,
      kills: 1,
      makeReader: (options) => new RawReader(options),
    })
    expect(complaints).toContainEqual(expect.stringMatching(verdict))
  })
})
