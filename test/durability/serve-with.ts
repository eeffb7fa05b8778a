import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { demoConfig, type ServerOptions, start } from 'dovetail-server'

export interface ServeArguments {
  readonly port: number
  readonly data: string
  /** Where `dovetail serve` would keep its log. */
  readonly file: string
}

/** The arguments of `dovetail serve --port … --data …`, for test programs that stand in for it. */
export function serveArguments(): ServeArguments {
  const { values } = parseArgs({
    allowPositionals: true,
    options: { port: { type: 'string' }, data: { type: 'string' } },
  })
  if (values.data === undefined) throw new Error('--data is missing')
  mkdirSync(values.data, { recursive: true })
  return { port: Number(values.port), data: values.data, file: join(values.data, 'dovetail.db') }
}

/** Serves with these adapters, and says so as `dovetail serve` does. */
export async function serveWith(args: ServeArguments, options: Partial<ServerOptions>): Promise<void> {
  const { port, data } = args
  const secret = process.env.DOVETAIL_SECRET ?? ''
  const running = await start({ config: demoConfig, port, data, secret, log: 'fatal', ...options })
  process.stdout.write(`ready at ${running.url}\n`)
}
