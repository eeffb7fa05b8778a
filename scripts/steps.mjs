/** Runs the steps of the scripts and prints their progress on stderr: one line at a step's start, one at its end with its seconds. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The folder of the checkout, with a slash at its end. */
export const root = fileURLToPath(new URL('../', import.meta.url))

const heartbeatMs = 5000

/**
 * Runs one step and prints its progress.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} run
 * @returns {Promise<T>}
 */
export async function step(title, run) {
  const began = performance.now()
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`
  process.stderr.write(`· ${title}\n`)
  // A long step reports now and then that it still runs, so that it does not seem to hang.
  const heartbeat = setInterval(() => process.stderr.write(`  ${title}: ${seconds()} so far\n`), heartbeatMs)
  try {
    const result = await run()
    process.stderr.write(`✓ ${title} (${seconds()})\n`)
    return result
  } catch (error) {
    process.stderr.write(`✗ ${title} (${seconds()})\n`)
    throw error
  } finally {
    clearInterval(heartbeat)
  }
}

/** A failed step whose output has been printed already: only its one-line message is left to print. */
export class StepFailure extends Error {}

/**
 * Runs a command in the checkout, or in the folder `cwd`.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ output?: 'where it fails' | 'as it comes', env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<void>} rejects with StepFailure on a non-zero exit
 */
export function run(command, args, { output = 'where it fails', env = process.env, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const held = output === 'where it fails' ? 'pipe' : 'inherit'
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', held, held] })
    const chunks = []
    child.stdout?.on('data', (chunk) => chunks.push(chunk))
    child.stderr?.on('data', (chunk) => chunks.push(chunk))
    const forget = passSignalsTo(child)
    child.on('error', (error) => {
      forget()
      reject(new StepFailure(`${command} could not be started: ${error.message}`))
    })
    child.on('close', (code, signal) => {
      forget()
      if (code === 0) return resolve()
      process.stderr.write(Buffer.concat(chunks))
      reject(new StepFailure(`${[command, ...args].join(' ')} ended with ${signal ?? `exit code ${code}`}`))
    })
  })
}

/**
 * Passes signals to a running child, and ends this process with the child, so that no process is left behind.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => void} ends the arrangement
 */
export function passSignalsTo(child) {
  const pass = (signal) => child.kill(signal)
  process.on('SIGTERM', pass)
  process.on('SIGINT', pass)
  return () => {
    process.off('SIGTERM', pass)
    process.off('SIGINT', pass)
  }
}

/**
 * Runs a script's main function. A failure gives one line on stderr and exit code 1.
 * @param {() => Promise<void>} main
 */
export async function runScript(main) {
  try {
    await main()
  } catch (error) {
    process.stderr.write(`${error instanceof StepFailure ? error.message : (error?.stack ?? String(error))}\n`)
    process.exitCode = 1
  }
}
