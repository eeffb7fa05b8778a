/** Loads an adapter together with its driver, which an installation may lack: drivers are optional packages. */

/** The reason why the server can not start, in one line. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure'
}

const traces =
  'npm install @opentelemetry/api@1.9 @opentelemetry/sdk-trace@2 @opentelemetry/resources@2 @opentelemetry/exporter-trace-otlp-http@0.223'

/** Maps each driver to what installs it. SQLite's own is stores/sqlite/driver. */
export const drivers = {
  pg: 'npm install pg@8',
  redis: 'npm install redis@6',
  '@platformatic/kafka': 'npm install @platformatic/kafka@1 (Node 22.19 or newer)',
  aws4fetch: 'npm install aws4fetch@1',
  standardwebhooks: 'npm install standardwebhooks@1',
  '@opentelemetry/api': 'npm install @opentelemetry/api@1',
  '@opentelemetry/sdk-trace': traces,
  '@opentelemetry/resources': traces,
  '@opentelemetry/exporter-trace-otlp-http': traces,
} as const

export type Driver = keyof typeof drivers

/**
 * @param option the part of the command line that wants the adapter, such as `store`
 * @param wanted the driver, or all that the adapter needs
 * @param load imports the adapter
 * @throws StartFailure where the driver is not installed
 */
export async function loadAdapter<Adapter>(
  option: string,
  wanted: Driver | readonly Driver[],
  load: () => Promise<Adapter>,
): Promise<Adapter> {
  try {
    return await load()
  } catch (cause) {
    const driver = [wanted].flat().find((each) => isMissing(cause, each))
    if (driver === undefined) throw cause
    throw new StartFailure(`${option}: the driver "${driver}" is not installed: ${drivers[driver]}`, { cause })
  }
}

/** Node, Bun and Deno give this code to an import that finds nothing, and name what was not found. */
function isMissing(error: unknown, driver: Driver): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return code === 'ERR_MODULE_NOT_FOUND' && typeof message === 'string' && message.includes(driver)
}
