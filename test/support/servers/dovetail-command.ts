import { fileURLToPath } from 'node:url'

const built = fileURLToPath(new URL('../../../packages/cli/bin/dovetail.js', import.meta.url))

/**
 * What runs `dovetail` in a process of its own: as it is shipped, since reading it from its sources costs each process
 * two seconds. `entry`: a program of the tests that stands in for it, in TypeScript.
 */
export function dovetailCommand(entry?: string): readonly string[] {
  if (entry === undefined) return [process.execPath, built]
  return [process.execPath, '--import', 'tsx', '--conditions=dovetail-source', entry]
}
