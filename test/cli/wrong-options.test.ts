/** Whatever is wrong with an option is one line on stderr and a non-zero exit code, from wherever it was set. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runDovetail } from '../support/servers/spawn-server.ts'
import { folderWith, type Outcome, runHere } from './run-here.ts'

function expectOneLine({ exitCode, stdout, stderr }: Outcome, code: number, words: RegExp): void {
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^dovetail: [^\n]+\n$/)
  expect(stderr).toMatch(words)
  expect(exitCode).toBe(code)
}

const wrongFlags: readonly (readonly [args: string, words: RegExp])[] = [
  ['', /which command/],
  ['fly', /unknown command 'fly'/],
  ['--fly', /unknown option '--fly'/],
  ['serve --fly', /unknown option '--fly'/],
  ['serve extra', /too many arguments/],
  ['serve --port', /--port <number>' argument missing/],
  ['serve --port many', /--port: "many" is no whole number from 0 to 65535/],
  ['serve --port 65536', /--port: "65536"/],
  ['serve --port -1', /--port: "-1"/],
  ['serve --port 80.5', /--port: "80.5"/],
  ['serve --port=', /--port: ""/],
  ['serve --host=', /--host: it is empty/],
  ['serve --data=', /--data: it is empty/],
  ['serve --log loud', /--log: "loud" is none of fatal, /],
  ['serve --limit pageRecords', /--limit: "pageRecords" is not name=value/],
  ['serve --limit pages=3', /--limit: there is no limit "pages"/],
  ['serve --limit pageRecords=0', /--limit: pageRecords must be a whole number from 1 to 10000/],
  ['serve --limit pingSeconds=2147484', /--limit: pingSeconds must be a number from 0.1 to 2147483/],
  ['serve --limit pingSeconds=30 --limit waitSeconds=56', /--limit: waitSeconds must be/],
  ['serve --retain 30', /--retain: "30" is no duration/],
  ['serve --drain soon', /--drain: "soon" is no duration/],
  ['serve --origins example.org', /--origins: "example.org" is no origin/],
  ['serve --origins https://example.org/path', /--origins: "https:\/\/example.org\/path" is no origin/],
  ['serve --config /nowhere/dovetail.config.ts', /there is no such configuration file/],
  ['serve --secret /nowhere/secret', /--secret: \/nowhere\/secret can't be read \(ENOENT\)/],
  ['demo', /which demo\? There is one: dovetail demo prices/],
  ['demo prices --rate 0', /--rate: "0" is no number above 0 and up to 20000/],
  ['demo prices --rate 20001', /--rate: "20001" is no number/],
  ['demo prices --rate', /--rate <number>' argument missing/],
  ['demo prices --url nowhere', /--url: "nowhere" is no http or https URL/],
  ['demo prices --fly', /unknown option '--fly'/],
  ['demo prices extra', /too many arguments/],
  ['token', /required option '--user <user>' not specified/],
  ['token --user a/b', /--user: "a\/b" is no name for a user/],
  ['token --user alice --role king', /--role: "king" is none of guest, user, service, admin/],
  ['token --user alice --ttl 1', /--ttl: "1" is no duration/],
  ['token --user alice --grant chat:*', /--grant: "chat:\*" is not/],
  ['token --user alice --grant chat:*=fly', /--grant: "chat:\*=fly" is not/],
  ['token --user alice --port 80', /unknown option '--port'/],
]

test('the error about a configuration file that cannot be read names the line', async () => {
  const folder = await folderWith({
    'syntax.ts': 'export default {\n  channels: {\n    notes: { collections: { entries: {} }\n  },\n}\n',
    'throws.ts': 'const text = "broken"\nthrow new Error(text)\n',
    'syntax.json': '{\n  "port" 4600\n}\n',
  })
  const serve = (name: string) => runHere(['serve', '--config', join(folder, name), '--data', folder])
  expectOneLine(await serve('syntax.ts'), 2, /syntax\.ts:6:\d+ can't be loaded: ParseError: Unexpected token/)
  expectOneLine(await serve('throws.ts'), 2, /throws\.ts:2:\d+ can't be loaded: broken/)
  expectOneLine(await serve('syntax.json'), 2, /syntax\.json can't be loaded: /)
})

test.each(wrongFlags)('dovetail %s', async (args, words) => {
  expectOneLine(await runHere(args.split(' ').filter((arg) => arg !== '')), 2, words)
})

const wrongVariables: readonly (readonly [name: string, value: string, words: RegExp])[] = [
  // What a Kubernetes Service of this name would set.
  ['DOVETAIL_PORT', 'tcp://10.0.0.1:4600', /DOVETAIL_PORT: "tcp:\/\/10.0.0.1:4600" is no whole number/],
  ['DOVETAIL_SECRET', 'short', /DOVETAIL_SECRET: the secret must have 32 characters or more/],
  ['DOVETAIL_LOG', 'INFO', /DOVETAIL_LOG: "INFO" is none of/],
  ['DOVETAIL_LIMITS', 'pageRecords=10,pages=3', /DOVETAIL_LIMITS: there is no limit "pages"/],
  ['DOVETAIL_RETAIN', 'ever', /DOVETAIL_RETAIN: "ever" is no duration/],
  ['DOVETAIL_TRUST_PROXY', 'maybe', /DOVETAIL_TRUST_PROXY: "maybe" is neither true nor false/],
  ['DOVETAIL_DRAIN', '4000', /DOVETAIL_DRAIN: "4000"/],
  ['DOVETAIL_CONFIG', '/nowhere.json', /\/nowhere.json: there is no such configuration file/],
]

test.each(wrongVariables)('%s=%s', async (name, value, words) => {
  expectOneLine(await runHere(['serve'], { [name]: value }), 2, words)
})

test('a wrong variable is an error even where a flag overrides it', async () => {
  expectOneLine(await runHere(['serve', '--port', '0'], { DOVETAIL_PORT: 'x' }), 2, /DOVETAIL_PORT/)
})

const wrongFiles: readonly (readonly [name: string, text: string, words: RegExp])[] = [
  ['dovetail.config.json', '{"prot": 4600}', /dovetail.config.json: unknown key "prot"/],
  ['dovetail.config.json', '{"port": "many"}', /dovetail.config.json: port: "many" is no whole number/],
  ['dovetail.config.json', '{"limits": {"pageRecords": 1.5}}', /limits: pageRecords must be a whole number/],
  ['dovetail.config.json', '{"limits": {"pages": 1}}', /limits: there is no limit "pages"/],
  ['dovetail.config.json', '{"config": "other.json"}', /unknown key "config"/],
  ['dovetail.config.json', '{"__proto__": {}}', /unknown key "__proto__"/],
  ['dovetail.config.json', '[]', /its default export must be an object/],
  ['dovetail.config.json', '{', /can't be loaded/],
  ['dovetail.config.json', '{"channels": []}', /channels must be an object/],
  ['dovetail.config.ts', 'export default { trustProxy: "us" }', /trustProxy: "us" is neither true nor false/],
  ['dovetail.config.ts', 'export default { guard: ["healthz"] }', /guard: "healthz" is none of metrics, docs, readyz/],
  ['dovetail.config.ts', 'export default {', /can't be loaded/],
  ['dovetail.config.js', 'throw new Error("no\\nluck")', /can't be loaded: no/],
]

test.each(wrongFiles)('%s: %s', async (name, text, words) => {
  const folder = await folderWith({ [name]: text })
  expectOneLine(await runHere(['serve', '--config', join(folder, name)]), 2, words)
})

test('keys of an outside issuer that can not be read are one line', async () => {
  const data = await folderWith({})
  const flags = ['serve', '--port', '0', '--data', data, '--store', 'memory:', '--log', 'silent']
  expectOneLine(await runHere([...flags, '--jwks', join(data, 'keys.json')]), 1, /jwks: .*keys\.json/)
})

const lacking: readonly (readonly [args: string, words: RegExp])[] = [
  ['--store mysql://localhost/dovetail', /no adapter for "mysql:"/],
  ['--store dovetail.db', /dovetail.db/],
  ['--backbone nats://localhost', /no adapter for "nats:"/],
  ['--memory redis://localhost', /redis/],
]

test.each(lacking)('an adapter that this build lacks: %s', async (args, words) => {
  const data = await folderWith({})
  const flags = ['serve', '--port', '0', '--data', data, '--log', 'silent', ...args.split(' ')]
  expectOneLine(await runHere(flags), 1, words)
})

test.each([
  ['--store postgres://127.0.0.1:1/dovetail', /^dovetail: store: /],
  [
    '--store postgres://127.0.0.1:1/x --memory redis://127.0.0.1:1 --backbone redis://ana:pw@127.0.0.1:1',
    /^dovetail: backbone: redis:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/,
  ],
  ['--backbone redis://127.0.0.1:1', /"redis:" joins several nodes, which a "sqlite:" store can't serve/],
  ['--store postgres://127.0.0.1:1/x --backbone kafka://127.0.0.1:1', /can't share .+; it takes --memory redis:/],
])('[RUN12] what can not be reached, or can not go together: %s', async (args, words) => {
  const flags = ['serve', '--port', '0', '--data', await folderWith({}), '--log', 'silent', ...args.split(' ')]
  expectOneLine(await runHere(flags), 1, words)
})

test('the process itself says the same line, without a stack trace, and ends', async () => {
  const { code, stdout, stderr } = await runDovetail(['serve', '--port', 'many']).ended
  expect({ code, stdout, stderr }).toEqual({
    code: 2,
    stdout: '',
    stderr: 'dovetail: --port: "many" is no whole number from 0 to 65535\n',
  })
})

test('help and version are asked for, so they go to stdout and are no failure', async () => {
  expect(await runHere(['--version'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  })
  const help = await runHere(['serve', '--help'])
  expect(help).toMatchObject({ exitCode: 0, stderr: '' })
  expect(help.stdout).toContain('DOVETAIL_TRUST_PROXY')
})

test.each(['token --user ann', 'serve --port 0 --store memory: --log silent', 'demo prices'])(
  'dovetail %s with a data folder whose secret can not be used is one line',
  async (command) => {
    const folder = await folderWith({ secret: 'short', file: '' })
    const run = (data: string) => runHere([...command.split(' '), '--data', data])
    expectOneLine(await run(folder), 1, /data: the secret in .* is shorter than 32 characters/)
    expectOneLine(await run(join(folder, 'file')), 1, /data: (ENOTDIR|EEXIST)/)
  },
)
