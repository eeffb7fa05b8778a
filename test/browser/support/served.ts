import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { type Server, type ServingOptions, startServer } from '../../support/serving.ts'

const webRoot = fileURLToPath(new URL('../../../packages/web/dist/', import.meta.url))

/**
 * A server of one test, with the built web app, in this process: it is there in a fraction of the time that a process of
 * its own takes, and browsers are what these tests wait for. Tests that end or restart a server spawn one.
 */
export async function served(options: ServingOptions = {}): Promise<Server> {
  const server = await startServer({ webRoot, ...options })
  onTestFinished(() => server.stop())
  return server
}
