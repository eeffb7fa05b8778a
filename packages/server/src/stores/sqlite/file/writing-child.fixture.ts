/**
 * `writing-child.fixture.ts PATH GROUPS [FULL|OFF] [START]`: opens the store, prints `open`, commits
 * groups one after another, numbered from START, and prints `ack REV` or `refused NAME` after each, then
 * `done`. It holds the store until it is killed or its input ends, and then exits without closing the
 * store.
 */
import { writeSync } from 'node:fs'
import type { Unit } from '../../../ports/store.ts'
import { create, unit } from '../../../ports/store-contract/units.fixture.ts'
import { openSqliteStore } from '../open.ts'

const [path = '', groups = '0', flush = 'FULL', start = '0'] = process.argv.slice(2)
const store = await openSqliteStore({ path, flush: flush === 'OFF' ? 'OFF' : 'FULL' })
process.stdin.on('end', () => process.exit()).resume()
say('open')
for (let index = 0; index < Number(groups); index++) say(await commit(Number(start) + index))
say('done')

async function commit(index: number): Promise<string> {
  const group: Unit[] = [unit([create(`r${index}.a`)]), unit([create(`r${index}.b`)])]
  try {
    const [, last] = await store.commit(group)
    return last?.kind === 'committed' ? `ack ${last.head}` : `refused ${last?.kind}`
  } catch (error) {
    return `refused ${(error as Error).name}`
  }
}

/** Written synchronously, so that the line is seen whatever happens next. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}
