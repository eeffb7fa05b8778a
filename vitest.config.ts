import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Tests that start processes start what is built: what is older than its sources is built anew.
execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: import.meta.dirname, stdio: 'inherit' })

/** These measure time, or need the whole machine for what they show: they run one after the other, when nothing else does. */
const alone = [
  'test/browser/moves.test.ts',
  'test/cli/start.test.ts',
  'test/compare/*.test.ts',
  'test/transports/slow-readers/slow-reader.test.ts',
]

/**
 * Tests that keep nothing outside of what they start and stop. They share a process each core: to start one and to load
 * the server into it takes longer than most of them do.
 */
const sharedFolders = ['cases', 'client', 'embedding', 'runtime', 'tracing', 'transports', 'webhooks']
const sharing = ['packages/*/{src,test}/**/*.test.{ts,tsx}', `test/{${sharedFolders.join(',')}}/**/*.test.ts`]

/** These replace a module, or set the environment, for as long as their process lives. */
const changing = [
  'packages/server/src/auth/file-addresses.test.ts',
  'test/transports/rest/files/{bucket,presigned}-files.test.ts',
]

/** The others wait for servers, and for time to pass, more than they work: two share two cores well. */
const besideEachOther = Math.max(2, availableParallelism() - 1)

const resolving = {
  resolve: { conditions: ['dovetail-source'] },
  ssr: { resolve: { conditions: ['dovetail-source', 'node'] } },
}

const running = {
  pool: 'forks' as const,
  // Worker threads started by the code under test inherit these, so they load TypeScript too.
  execArgv: ['--import', 'tsx', '--conditions=dovetail-source'],
  // A machine that does other work too may be slow: what never comes fails a test late, what comes late does not.
  testTimeout: 120_000,
  hookTimeout: 180_000,
  expect: { poll: { timeout: 45_000 } },
}

export default defineConfig({
  test: {
    projects: [
      {
        ...resolving,
        test: {
          ...running,
          name: 'tests',
          include: ['test/*.test.ts', `test/!(${sharedFolders.join('|')})/**/*.test.ts`, ...changing],
          exclude: alone,
          maxWorkers: besideEachOther,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...resolving,
        test: {
          ...running,
          name: 'sharing',
          include: sharing,
          exclude: [...alone, ...changing],
          isolate: false,
          maxWorkers: besideEachOther,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...resolving,
        test: { ...running, name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
})
