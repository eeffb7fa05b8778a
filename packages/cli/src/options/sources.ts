/** What the command line said: each flag's text, texts or `true`, by the option's name; `config` names a file. */
export type Flags = Readonly<Record<string, unknown>>

export type Environment = Readonly<Record<string, string | undefined>>
