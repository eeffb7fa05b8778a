/** The executable of `npm create dovetail`. */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { askInTerminal, choose, usage } from './choices.ts'
import { ProjectFailure, writeProject } from './write-project.ts'

try {
  const choices = await choose(process.argv.slice(2), askInTerminal())
  if (choices === null) process.stdout.write(usage)
  else {
    const folder = resolve(choices.folder)
    const packages = choices.packages === null ? null : resolve(choices.packages)
    await writeProject(folder, choices.template, { packages })
    const isInstalled = choices.install && install(folder)
    const steps = [`cd ${choices.folder}`, ...(isInstalled ? [] : ['npm install']), 'npm run dev']
    process.stdout.write(`\nMade ${folder}. Next:\n\n${steps.map((line) => `  ${line}\n`).join('')}\n`)
  }
} catch (error) {
  if (!(error instanceof ProjectFailure)) throw error
  process.stderr.write(`create-dovetail: ${error.message}\n`)
  process.exitCode = 1
}

/** @returns whether it worked; npm has said why where it did not */
function install(folder: string): boolean {
  const options = { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' } as const
  return spawnSync('npm', ['install', '--no-audit', '--no-fund'], options).status === 0
}
