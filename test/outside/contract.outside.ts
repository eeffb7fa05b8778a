/**
 * The documents for machines: linters find no error in them, and what generators make of them compiles and runs against
 * a server. Each program of contract/ writes a message twice by one key, reads it, deletes it, and reads the changes.
 */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serving } from '../support/servers/serving.ts'

const run = promisify(execFile)
const programs = fileURLToPath(new URL('./contract/', import.meta.url))
/** Downloads and compilers on a slow machine. */
const toolMs = 600_000
const npmPackages = [
  '@stoplight/spectral-cli@6.16.3',
  '@redocly/cli@2.77.0',
  'openapi-typescript@7.13.0',
  'openapi-fetch@0.17.0',
  'typescript@5.9.3',
]
const generatorVersion = '7.17.0'

describe('the documents for machines', () => {
  const server = serving()
  let folder = ''
  const at = (...path: string[]) => join(folder, ...path)
  const here = (command: string, args: readonly string[], cwd = folder) =>
    run(command, args, { cwd, maxBuffer: 64 * 1024 * 1024 })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dovetail-contract-'))
    for (const name of ['openapi.json', 'asyncapi.json'])
      await writeFile(at(name), await (await fetch(`${server.url}/${name}`)).text())
    await writeFile(at('package.json'), '{"type":"module"}')
    await here('npm', ['install', '--no-audit', '--no-fund', ...npmPackages])
    const artifact = `org.openapitools:openapi-generator-cli:${generatorVersion}`
    await here('mvn', ['-q', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`])
    await here('python3', ['-m', 'venv', 'venv'])
  }, toolMs)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function generate(generator: string, output: string, ...options: string[]): Promise<void> {
    const jar = at(`openapi-generator-cli-${generatorVersion}.jar`)
    await here('java', ['-jar', jar, 'generate', '-i', 'openapi.json', '-g', generator, '-o', output, ...options])
  }

  /** What the programs print. */
  const joined = ['hello 1 true', 'deleted true', 'refused 410', '']

  async function expectJoined(command: string, args: readonly string[], cwd = folder): Promise<void> {
    const { stdout } = await here(command, [...args, server.url], cwd)
    expect(stdout.toLowerCase().split('\n')).toEqual(joined)
  }

  test.each(['openapi.json', 'asyncapi.json'])(
    'spectral finds no error in %s',
    async (name) => {
      await writeFile(at('spectral.yaml'), 'extends: ["spectral:oas", "spectral:asyncapi"]\n')
      const args = ['lint', name, '-r', 'spectral.yaml', '--fail-severity', 'error']
      const { stdout } = await here(at('node_modules/.bin/spectral'), args)
      expect(stdout).toMatch(/No results|\(0 errors/)
    },
    toolMs,
  )

  test(
    'redocly finds no error',
    async () => {
      await here(at('node_modules/.bin/redocly'), ['lint', 'openapi.json'])
    },
    toolMs,
  )

  test(
    'openapi-typescript',
    async () => {
      await here(at('node_modules/.bin/openapi-typescript'), ['openapi.json', '-o', 'schema.d.ts'])
      await cp(join(programs, 'openapi-typescript.ts'), at('joined.ts'))
      const strict = ['--strict', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck', '--types', 'node']
      await here('npm', ['install', '--no-audit', '--no-fund', '@types/node@20'])
      await here(at('node_modules/.bin/tsc'), [...strict, '--allowImportingTsExtensions', '--noEmit', 'joined.ts'])
      await expectJoined(process.execPath, ['--import', import.meta.resolve('tsx'), 'joined.ts'])
    },
    toolMs,
  )

  test(
    'openapi-python-client',
    async () => {
      await here('venv/bin/pip', ['install', '--quiet', 'openapi-python-client==0.29.1'])
      const args = ['generate', '--path', 'openapi.json', '--meta', 'none', '--output-path', 'dovetail_contract']
      await here('venv/bin/openapi-python-client', args)
      await cp(join(programs, 'openapi_python_client.py'), at('python_client.py'))
      await expectJoined('venv/bin/python', ['python_client.py'])
    },
    toolMs,
  )

  test(
    'openapi-generator for Python',
    async () => {
      await generate('python', 'python')
      await here('venv/bin/pip', ['install', '--quiet', './python'])
      await cp(join(programs, 'openapi_generator.py'), at('python_generator.py'))
      await expectJoined('venv/bin/python', ['python_generator.py'])
    },
    toolMs,
  )

  test(
    'openapi-generator for Java',
    async () => {
      await generate('java', 'java', '--library', 'native')
      await cp(join(programs, 'OpenapiGenerator.java'), at('java/src/main/java/OpenapiGenerator.java'))
      const goals = [
        'compile',
        'dependency:build-classpath',
        '-Dmdep.outputFile=classpath',
        '-Dmaven.javadoc.skip=true',
      ]
      await here('mvn', ['-q', ...goals], at('java'))
      const classpath = await readFile(at('java/classpath'), 'utf8')
      await expectJoined('java', ['-cp', `target/classes:${classpath}`, 'OpenapiGenerator'], at('java'))
    },
    toolMs,
  )

  /** A Go module of a main program and the generated package beside it. */
  async function goModule(name: string, program: string): Promise<string> {
    await mkdir(at(name, 'dovetail'), { recursive: true })
    await cp(join(programs, program), at(name, 'main.go'))
    await writeFile(at(name, 'go.mod'), 'module generated\n\ngo 1.22\n')
    return at(name)
  }

  test(
    'openapi-generator for Go',
    async () => {
      const module = await goModule('go-generator', 'openapi_generator.go')
      await generate('go', 'go-generated', '--additional-properties=packageName=dovetail,withGoMod=false')
      for (const file of await readdir(at('go-generated')))
        if (file.endsWith('.go')) await cp(at('go-generated', file), join(module, 'dovetail', file))
      await expectJoined('go', ['run', '.'], module)
    },
    toolMs,
  )

  test(
    '[K2] oapi-codegen',
    async () => {
      const module = await goModule('oapi-codegen', 'oapi_codegen.go')
      const tool = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2'
      const options = ['-generate', 'types,client', '-package', 'dovetail', '-o', join(module, 'dovetail/client.go')]
      await here('go', ['run', tool, ...options, 'openapi.json'])
      await here('go', ['mod', 'tidy'], module)
      await expectJoined('go', ['run', '.'], module)
    },
    toolMs,
  )
})
