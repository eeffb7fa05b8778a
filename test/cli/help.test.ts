import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { folderWith, runHere } from './run-here.ts'

const run = promisify(execFile)

test('the help shows every command in a group, and examples', async () => {
  const { exitCode, stdout } = await runHere(['--help'])
  expect(exitCode).toBe(0)
  for (const group of ['Run a server:', 'Read and write:', 'Look after its data:', 'Measure and check:', 'Examples:'])
    expect(stdout).toContain(`\n${group}\n`)
  const listed = [...stdout.matchAll(/^ {2}([a-z]+)(?: \[options\])?[ <]/gm)].map(([, name]) => name)
  expect(listed).toEqual(expect.arrayContaining(['serve', 'token', 'tail', 'publish', 'backup', 'compare', 'check']))
})

test('bash completes commands and their options by the script that it is given', async () => {
  const { stdout: script } = await runHere(['completion', 'bash'])
  const folder = await folderWith({ 'completion.sh': script })
  const complete = async (...words: readonly string[]) => {
    const typed = `COMP_WORDS=(${['dovetail', ...words].map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}`
    const text = `source ${join(folder, 'completion.sh')}; ${typed}; _dovetail; echo "\${COMPREPLY[@]}"`
    return (await run('bash', ['-c', text])).stdout.trim().split(' ')
  }
  expect(await complete('se')).toEqual(['serve'])
  expect(await complete('token', '--us')).toEqual(['--user'])
  expect(await complete('')).toEqual(expect.arrayContaining(['serve', 'tail', 'completion', '--help']))
})

test('a shell that is not known is refused in one line; fish and zsh have a script each', async () => {
  const refused = await runHere(['completion', 'tcsh'])
  expect([refused.exitCode, refused.stderr]).toEqual([2, 'dovetail: completion: "tcsh" is none of bash, zsh, fish\n'])
  expect((await runHere(['completion', 'zsh'])).stdout).toContain('bashcompinit')
  expect((await runHere(['completion', 'fish'])).stdout).toMatch(/^complete -c dovetail .* -a serve -d '/m)
})
