import { Command } from 'commander'
import type { DoctorResult, Fault, Finding, ProxyKind } from 'dovetail-lab/doctor'
import { CommandFailure } from '../failures/command-failure.ts'
import { parseInteger } from '../options/parse-number.ts'
import { addTokenOption, callerToken, defaultUrl, parseChannel, parseUrl } from '../options/server-options.ts'
import type { Terminal } from '../terminal/terminal.ts'

interface Flags {
  readonly channel?: string
  readonly seconds: string
  readonly json?: true
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
    .option('--json', 'what was found as one JSON document on stdout')
  addTokenOption(doctor)
  return doctor.action(async (url: string | undefined) => {
    const { channel, seconds, json } = doctor.opts<Flags>()
    const lab = await import('dovetail-lab/doctor')
    const token = callerToken(doctor, terminal.environment)
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
