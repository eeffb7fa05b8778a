import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import * as server from 'dovetail-server'
import { createJiti } from 'jiti'
import { UsageFailure } from '../failures/usage-failure.ts'
import { isOptionName, type OptionName } from './option-table.ts'

/** File names tried in this order when no configuration file is named. */
const fileNames = ['dovetail.config.ts', 'dovetail.config.js', 'dovetail.config.json']

/** `defineConfig` is this server's own: a file may stand where no package is installed, and nothing is loaded twice. */
const virtualModules = { 'dovetail-server': server }

/** The keys of the configuration itself; all other keys are options. */
const policyKeys: readonly string[] = ['channels', 'guests', 'webhooks'] satisfies (keyof server.Config)[]

export interface ConfigFile {
  /** The path to show in messages; `null`: there is no file. */
  readonly path: string | null
  readonly policy: server.Config
  readonly options: ReadonlyMap<OptionName, unknown>
}

/**
 * Reads the named configuration file, else the one in the working folder, else the demo's configuration.
 * @throws UsageFailure if it cannot be read or has an unknown key
 */
export async function loadConfigFile(named: string | undefined): Promise<ConfigFile> {
  const path = named ?? (await firstPresent(fileNames))
  if (path === null) return { path: null, policy: server.demoConfig, options: new Map() }
  const content = await evaluate(path)
  const unknown = Object.keys(content).find((key) => !policyKeys.includes(key) && !isOptionName(key))
  if (unknown !== undefined) throw new UsageFailure(`${path}: unknown key "${unknown}"`)
  const options = Object.entries(content).flatMap(([key, value]) => (isOptionName(key) ? [[key, value] as const] : []))
  return { path, policy: policyOf(path, content), options: new Map(options) }
}

/** A file with options only keeps the demo's channels. */
function policyOf(path: string, content: Record<string, unknown>): server.Config {
  const given = Object.fromEntries(Object.entries(content).filter(([key]) => policyKeys.includes(key)))
  if (!('channels' in given)) return { ...server.demoConfig, ...given }
  if (!isObject(given.channels)) throw new UsageFailure(`${path}: channels must be an object, namespace by namespace`)
  return { ...given, channels: given.channels as server.Config['channels'] }
}

async function evaluate(path: string): Promise<Record<string, unknown>> {
  const file = resolve(path)
  const present = await firstPresent([file])
  if (present === null) throw new UsageFailure(`${path}: there is no such configuration file`)
  let content: unknown
  try {
    content = await createJiti(import.meta.url, { virtualModules }).import(file, { default: true })
  } catch (error) {
    throw new UsageFailure(`${locationOf(error, file) ?? path} can't be loaded: ${reasonOf(error, file)}`, {
      cause: error,
    })
  }
  if (isObject(content)) return content
  throw new UsageFailure(`${path}: its default export must be an object; see defineConfig`)
}

async function firstPresent(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const present = await access(path).then(
      () => true,
      () => false,
    )
    if (present) return path
  }
  return null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The file with line and column, if the error has them: a syntax error in its message, any other in its stack trace. */
function locationOf(error: unknown, file: string): string | null {
  const text = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : ''
  const at = text.indexOf(`${file}:`)
  const location = at < 0 ? null : /^:\d+:\d+/.exec(text.slice(at + file.length))
  return location === null ? null : file + location[0]
}

function reasonOf(error: unknown, file: string): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(`${file}: `, '').split(`\n ${file}:`)[0]?.trim() ?? ''
}
