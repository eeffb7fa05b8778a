import type { Config } from 'dovetail-server'
import { UsageFailure } from '../failures/usage-failure.ts'
import { loadConfigFile } from './config-file.ts'
import { type OptionName, type OptionValues, optionTable } from './option-table.ts'
import { readSecret } from './secret.ts'
import type { Environment, Flags } from './sources.ts'

export interface Resolved {
  readonly policy: Config
  readonly values: OptionValues
  /** The text of the secret; `undefined`: the one in the data folder. */
  readonly secret: string | undefined
}

/** A place where an option was set: the name to show, and the value as it was written. */
interface Setting {
  readonly source: string
  readonly value: unknown
}

/**
 * Flag before environment before configuration file; limits one by one, all other options as a whole.
 * @throws UsageFailure naming the place of what is wrong
 */
export async function resolveOptions(flags: Flags, environment: Environment): Promise<Resolved> {
  const named = typeof flags.config === 'string' ? flags.config : environment.DOVETAIL_CONFIG
  const file = await loadConfigFile(named)
  const values: OptionValues = {}
  for (const name of Object.keys(optionTable) as OptionName[]) {
    const { flags: flag, variable } = optionTable[name]
    const settings: Setting[] = [
      { source: flag.split(' ')[0] ?? flag, value: flags[name] },
      { source: variable, value: environment[variable] },
      { source: `${file.path ?? ''}: ${name}`, value: file.options.get(name) },
    ].filter(({ value }) => value !== undefined)
    Object.assign(values, settle(name, settings))
  }
  return { policy: file.policy, values, secret: await readSecret(flags, environment, file) }
}

/** Parses every setting, also overridden ones, so that an invalid one is reported now and not when a flag is removed. */
function settle(name: OptionName, settings: readonly Setting[]): OptionValues {
  const read = settings.map((setting) => readSetting(name, setting))
  if (read.length === 0) return {}
  return { [name]: name === 'limits' ? Object.assign({}, ...read.reverse()) : read[0] }
}

function readSetting(name: OptionName, { source, value }: Setting): unknown {
  try {
    return optionTable[name].parse(value)
  } catch (error) {
    if (error instanceof UsageFailure) throw new UsageFailure(`${source}: ${error.message}`)
    throw error
  }
}
