/** What the command line said: each flag's text, texts or `true`, by the option's name; `config` names a file. */
export type Flags = Readonly<Record<string, unknown>>

export type Environment = Readonly<Record<string, string | undefined>>

/** A variable that is set to nothing says nothing: `DOVETAIL_TOKEN=` is how a shell or a compose file leaves it out. */
export function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
}
