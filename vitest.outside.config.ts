import { defineConfig } from 'vitest/config'

/** What needs programs that `npm test` does not install. `npm run outside -- programs` installs them and runs this. */
export default defineConfig({
  resolve: { conditions: ['dovetail-source'] },
  ssr: { resolve: { conditions: ['dovetail-source', 'node'] } },
  test: {
    include: ['test/outside/*.outside.ts'],
    pool: 'forks',
    execArgv: ['--import', 'tsx', '--conditions=dovetail-source'],
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
