/** npm: the one that runs this script, if any, so that its version and settings stay the same. */
import { run } from './steps.mjs'

/**
 * Runs npm. Settings of the checkout's own npm run (such as its scripts' folder) do not reach it.
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function npm(args, { env = process.env, ...options } = {}) {
  const path = process.env.npm_execpath
  const [command, first] = path?.endsWith('.js') ? [process.execPath, [path]] : ['npm', []]
  const kept = Object.entries(env).filter(([name]) => !/^npm_(config_local_prefix|package_|lifecycle_)/.test(name))
  return run(command, [...first, ...args], { ...options, env: Object.fromEntries(kept) })
}
