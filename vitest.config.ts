import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['dovetail-source'] },
  ssr: { resolve: { conditions: ['dovetail-source', 'node'] } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.{ts,tsx}', 'test/**/*.test.ts'],
    pool: 'forks',
    // Worker threads started by the code under test inherit these, so they load TypeScript too.
    execArgv: ['--import', 'tsx', '--conditions=dovetail-source'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
