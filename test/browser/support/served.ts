import { onTestFinished } from 'vitest'
import { type Server, type ServingOptions, startServer } from '../../support/servers/serving.ts'
import { webRoot } from '../../support/web-root.ts'

/**
 * A server for one test, with the built web app, in this process: that starts much faster than a process of its own.
 * Tests that stop or restart a server spawn one instead.
 */
export async function served(options: ServingOptions = {}): Promise<Server> {
  const server = await startServer({ webRoot, ...options })
  onTestFinished(() => server.stop())
  return server
}
