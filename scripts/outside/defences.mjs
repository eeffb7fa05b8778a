/**
 * `npm run outside -- defences [NUMBER…]`: does a test fail when a defence is missing? In a copy of the sources, the
 * defences of defences-list.mjs are taken out one at a time, and the tests that claim each are run: they pass with it and
 * have to fail without it. Prints a table; the last one is in docs/security.md.
 */
import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, StepFailure, step } from '../steps.mjs'
import { defences } from './defences-list.mjs'

/** A test waits for what the defence would have done. */
const testMs = 90_000
/** Tests that hang are ended: nothing is proved by them. */
const runMs = 600_000

/** The tests run on the sources of the copy; nothing is built. */
const config = `import { defineConfig } from 'vitest/config'
export default defineConfig({
  resolve: { conditions: ['dovetail-source'] },
  ssr: { resolve: { conditions: ['dovetail-source', 'node'] } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'forks',
    execArgv: ['--import', 'tsx', '--conditions=dovetail-source'],
    maxWorkers: 1,
    testTimeout: ${testMs},
    hookTimeout: ${testMs},
  },
})
`

/** @param {readonly string[]} wanted numbers of threats; none: all */
export async function runDefences(wanted) {
  const chosen = wanted.length === 0 ? defences : defences.filter(({ threat }) => wanted.includes(String(threat)))
  if (chosen.length === 0) throw new StepFailure(`there is no threat ${wanted.join(', ')}`)
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-defences-'))
  const rows = []
  const unseen = []
  try {
    await copySources(folder)
    for (const defence of chosen) {
      const { threat, name, what, test } = defence
      const title = `${threat} ${name}: ${what}`
      const sound = await step(`with it, ${title}`, () => runTests(folder, defence))
      const mend = await takeOut(folder, defence)
      const broken = await step(`without it, ${title}`, () => runTests(folder, defence))
      await mend()
      const isSeen = sound.failed === 0 && sound.passed > 0 && broken.failed > 0
      if (!isSeen) unseen.push(title)
      rows.push([threat, name, what, `\`${test}\``, verdict(sound, broken)])
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const head = ['', 'threat', 'defence', 'tests', 'without it']
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  process.stdout.write(`${lines.join('\n')}\n`)
  if (unseen.length > 0) throw new StepFailure(`no test fails without these defences:\n${unseen.join('\n')}`)
}

function verdict(sound, broken) {
  if (sound.failed > 0 || sound.passed === 0) return 'not judged: red with it too'
  return broken.failed > 0 ? `${broken.failed} of ${broken.failed + broken.passed} red` : 'not seen'
}

/** Packages of ours are copied; those of others are those of the checkout. */
async function copySources(folder) {
  const isCopied = (source) => !/\/(node_modules|artifacts|data|\.git)$/.test(source)
  for (const name of ['packages', 'test', 'scripts', 'docs', 'package.json', 'package-lock.json', 'tsconfig.json'])
    await cp(join(root, name), join(folder, name), { recursive: true, filter: isCopied })
  await writeFile(join(folder, 'vitest.config.ts'), config)
  await linkModules(join(root, 'node_modules'), join(folder, 'node_modules'), folder)
  for (const name of await readdir(join(root, 'packages')))
    await linkModules(
      join(root, 'packages', name, 'node_modules'),
      join(folder, 'packages', name, 'node_modules'),
      folder,
    )
}

async function linkModules(from, to, folder) {
  const names = await readdir(from).catch(() => [])
  if (names.length === 0) return
  await mkdir(to, { recursive: true })
  const ours = await packagesOfOurs()
  for (const name of names)
    if (!name.startsWith('.')) {
      const own = ours.get(name)
      await symlink(own === undefined ? join(from, name) : join(folder, 'packages', own), join(to, name))
    }
}

/** The folder of each package by its name. */
async function packagesOfOurs() {
  const folders = await readdir(join(root, 'packages'))
  const entries = folders.map(async (each) => {
    const { name } = JSON.parse(await readFile(join(root, 'packages', each, 'package.json'), 'utf8'))
    return /** @type {const} */ ([name, each])
  })
  return new Map(await Promise.all(entries))
}

/** @returns {Promise<() => Promise<void>>} puts it back */
async function takeOut(folder, { file, text, broken }) {
  const path = join(folder, file)
  const source = await readFile(path, 'utf8')
  const parts = source.split(text)
  if (parts.length !== 2) throw new StepFailure(`${file} has the text to replace ${parts.length - 1} times: ${text}`)
  await writeFile(path, parts.join(broken))
  return () => writeFile(path, source)
}

/** A file that does not even load has no test that failed, so it proves nothing. */
async function runTests(folder, { test, named }) {
  const report = join(folder, 'report.json')
  await rm(report, { force: true })
  const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=json', `--outputFile=${report}`, test]
  if (named !== undefined) args.push('-t', named)
  const code = await exitCode(args, folder)
  const { numPassedTests: passed, numFailedTests } = await readFile(report, 'utf8').then(JSON.parse, () => ({
    numPassedTests: 0,
    numFailedTests: 0,
  }))
  // An error that nobody handled fails the run, and no test of it.
  const failed = numFailedTests === 0 && code !== 0 && passed > 0 ? 1 : numFailedTests
  return { passed, failed }
}

function exitCode(args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: 'ignore', timeout: runMs, killSignal: 'SIGKILL' })
    child.on('error', reject).on('close', (code) => resolve(code ?? 1))
  })
}
