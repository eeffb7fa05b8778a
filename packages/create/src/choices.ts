/** What the command line says of the project, and what is asked for the rest. */
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { isTemplateName, type TemplateName, templateNames, templates } from './templates.ts'
import { ProjectFailure } from './write-project.ts'

export interface Choices {
  readonly folder: string
  readonly template: TemplateName
  readonly install: boolean
  /** A folder with the tarballs of our packages; `null`: they come from the registry. */
  readonly packages: string | null
}

export const usage = `npm create dovetail [folder] -- [--template ${templateNames.join('|')}] [--packages folder] [--no-install]

${templateNames.map((name) => `  ${name.padEnd(9)} ${templates[name].about}`).join('\n')}

  --packages  takes dovetail-client and the others from the tarballs in this folder, not from the registry
`

/** Asks one question; null: nobody is there to answer. */
export type Ask = ((question: string) => Promise<string>) | null

/** @returns null where only the usage was asked for */
export async function choose(args: readonly string[], ask: Ask): Promise<Choices | null> {
  const { values, positionals } = parsed(args)
  if (values.help) return null
  if (positionals.length > 1) throw new ProjectFailure(`one folder, not ${positionals.length}`)
  const folder = positionals[0] ?? (await answerOr(ask, 'Folder of the project (my-app): ', 'my-app'))
  const template = values.template ?? (await askTemplate(ask))
  if (!isTemplateName(template))
    throw new ProjectFailure(`there is no template "${template}"; there are ${templateNames.join(', ')}`)
  return { folder, template, install: !values['no-install'], packages: values.packages ?? null }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        template: { type: 'string', short: 't' },
        packages: { type: 'string' },
        'no-install': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (cause) {
    throw new ProjectFailure((cause as Error).message, { cause })
  }
}

async function askTemplate(ask: Ask): Promise<string> {
  const list = templateNames
    .map((name, index) => `  ${index + 1}  ${name.padEnd(9)} ${templates[name].about}`)
    .join('\n')
  const answer = await answerOr(ask, `${list}\nTemplate (1): `, '1')
  return templateNames[Number(answer) - 1] ?? answer
}

async function answerOr(ask: Ask, question: string, otherwise: string): Promise<string> {
  const answer = ask === null ? '' : (await ask(question)).trim()
  return answer === '' ? otherwise : answer
}

/** Asks in the terminal, where there is one. */
export function askInTerminal(): Ask {
  if (!process.stdin.isTTY) return null
  return async (question) => {
    const lines = createInterface({ input: process.stdin, output: process.stdout })
    try {
      return await lines.question(question)
    } finally {
      lines.close()
    }
  }
}
