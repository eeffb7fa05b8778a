import { Command } from 'commander'
import type { DoctorResult, Fault, Finding, ProxyKind } from 'dovetail-lab/doctor'
import { CommandFailure } from '../failures/command-failure.ts'
import { collect } from '../options/collect.ts'
import { parseInteger } from '../options/parse-number.ts'
import { addTokenOption, callerToken, defaultUrl, parseChannel, parseUrl } from '../options/server-options.ts'
import { explainRights, parseRights, type RightsFlags } from '../rights/explain-rights.ts'
import type { Terminal } from '../terminal/terminal.ts'

interface Flags extends Omit<RightsFlags, 'rights'> {
  readonly rights?: readonly string[]
  readonly channel?: string
  readonly seconds: string
}

const titles: Readonly<Record<Fault, string>> = {
  'upgrade-refused': 'WebSockets do not get through',
  'stream-buffered': 'event streams are held back',
  'stream-compressed': 'event streams are compressed',
  'stream-ended': 'event streams are ended early',
  'idle-cut': 'idle connections are cut',
  'long-poll-cut': 'long-polls are not waited for',
  cached: 'replies come from a cache that may not keep them',
}

/** `dovetail doctor`: finds, from outside, what a proxy in front of a server spoils, and says what mends it. */
export function doctorCommand(terminal: Terminal): Command {
  const doctor = new Command('doctor')
    .description('find what a proxy in front of a server spoils, and which line of its configuration mends it')
    .argument('[url]', `the address that clients use (default: ${defaultUrl}) [DOVETAIL_URL]`)
    .option('--channel <name>', 'with a collection "messages" whose records have a text (default: a new one of chat)')
    .option('--seconds <number>', 'for how long connections are watched; slower cuts are not seen', '30')
    .option(
      '--rights <words...>',
      'USER CHANNEL: in place of that, what the user may do in the channel, and by which rule',
    )
    .option('--role <role>', 'with --rights: the role of the user’s token (default: user)')
    .option('--grant <channel=rights>', 'with --rights: a grant of the user’s token; repeatable', collect)
    .option('--json', 'what was found as one JSON document on stdout')
  addTokenOption(doctor)
  return doctor.action(async (url: string | undefined) => {
    const flags = doctor.opts<Flags>()
    const { channel, seconds, json } = flags
    const token = callerToken(doctor, terminal.environment)
    if (flags.rights !== undefined) {
      const asked = parseRights(flags.rights)
      const server = { url: parseUrl(url ?? asked.url ?? terminal.environment.DOVETAIL_URL ?? defaultUrl), token }
      terminal.stdout(await explainRights(asked, { ...flags, rights: flags.rights }, server))
      return
    }
    const lab = await import('dovetail-lab/doctor')
    const options = {
      url: parseUrl(url ?? terminal.environment.DOVETAIL_URL ?? defaultUrl),
      ...(channel === undefined ? {} : { channel: parseChannel(channel) }),
      ...(token === undefined ? {} : { token }),
      watchSeconds: parseInteger('--seconds', seconds, 2, 3600),
    }
    terminal.stderr(`watching connections to ${options.url} for ${seconds} s\n`)
    const result = await lab.runDoctor(options).catch((error: unknown) => {
      throw error instanceof lab.DoctorFailure ? new CommandFailure(error.message, { cause: error }) : error
    })
    const remedyOf = (finding: Finding) => linesThatMend(lab, finding, result.proxy)
    const findings = result.findings.map((finding) => ({ ...finding, mend: remedyOf(finding) }))
    terminal.stdout(json === true ? `${JSON.stringify({ ...result, findings })}\n` : formatted(result, findings))
    if (findings.length > 0 || result.unknown.length > 0) throw new CommandFailure()
  })
}

type Remedied = Finding & { readonly mend: readonly string[] }

/** For the proxy that names itself; else for each. */
function linesThatMend(
  { remedies, proxyNames }: typeof import('dovetail-lab/doctor'),
  { fault }: Finding,
  proxy: ProxyKind | null,
): string[] {
  const kinds = proxy === null ? (Object.keys(proxyNames) as ProxyKind[]) : [proxy]
  return kinds.flatMap((kind) => {
    const line = remedies[fault][kind]
    return line === undefined ? [] : [`${proxyNames[kind]}: ${line}`]
  })
}

function formatted({ unknown }: DoctorResult, findings: readonly Remedied[]): string {
  const lines = findings.flatMap(({ fault, seen, mend }) => [
    `✗ ${titles[fault]}: ${seen}`,
    ...mend.map((line) => `    ${line}`),
  ])
  for (const line of unknown) lines.push(`? not examined: ${line}`)
  if (lines.length === 0)
    lines.push('✓ nothing found: WebSocket, event stream and long-poll get through, and nothing is cached')
  return `${lines.join('\n')}\n`
}
