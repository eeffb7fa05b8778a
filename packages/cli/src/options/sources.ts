/** The flags of the command line: a text, texts or `true` by option name; `config` names a file. */
export type Flags = Readonly<Record<string, unknown>>

export type Environment = Readonly<Record<string, string | undefined>>

/** Removes empty variables: `DOVETAIL_TOKEN=` in a shell or compose file means that the variable is not set. */
export function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
}
