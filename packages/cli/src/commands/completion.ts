import { Command } from 'commander'
import { UsageFailure } from '../failures/usage-failure.ts'
import type { Terminal } from '../terminal/terminal.ts'

interface Described {
  readonly name: string
  readonly about: string
  readonly flags: readonly { readonly flag: string; readonly about: string }[]
}

const shells: Readonly<Record<string, (commands: readonly Described[]) => string>> = {
  bash: bashScript,
  zsh: (commands) => `autoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}`,
  fish: fishScript,
}

/** `dovetail completion`: prints a script by which a shell completes commands and their options. */
export function completionCommand(terminal: Terminal): Command {
  const names = Object.keys(shells).join(', ')
  const command = new Command('completion')
    .description('print a script that completes commands and options in a shell')
    .argument('<shell>', names)
  return command.action((shell: string) => {
    const script = shells[shell]
    if (script === undefined) throw new UsageFailure(`completion: "${shell}" is none of ${names}`)
    terminal.stdout(script((command.parent?.commands ?? []).map(describe)))
  })
}

function describe(command: Command): Described {
  const flags = command.options.flatMap(({ long, description }) =>
    long === undefined || long === null ? [] : [{ flag: long, about: description }],
  )
  return { name: command.name(), about: command.description(), flags }
}

function bashScript(commands: readonly Described[]): string {
  const cases = commands.map(({ name, flags }) => `    ${name}) words="${flags.map(({ flag }) => flag).join(' ')}" ;;`)
  return `_dovetail() {
  local words
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${commands.map(({ name }) => name).join(' ')} --help --version"; fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o bashdefault -o default -F _dovetail dovetail
`
}

function fishScript(commands: readonly Described[]): string {
  const lines = commands.flatMap(({ name, about, flags }) => [
    `complete -c dovetail -n __fish_use_subcommand -a ${name} -d ${quoted(about)}`,
    ...flags.map(
      ({ flag, about: what }) =>
        `complete -c dovetail -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)} -d ${quoted(what)}`,
    ),
  ])
  return `${lines.join('\n')}\n`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
