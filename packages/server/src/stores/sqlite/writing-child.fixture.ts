/**
 * `writing-child.fixture.ts PATH GROUPS [FULL|OFF] [START]`: opens the store, says `open`, commits groups one
 * after another, numbered from START, and says `ack REV` or `refused NAME` after each, then `done`. It holds the store until it is killed
 * or its input ends, and then goes without closing it.
 */
import { writeSync } from 'node:fs'
import type { Unit } from '../../ports/store.ts'
import { create, unit } from '../../ports/store-contract/units.fixture.ts'
import { openSqliteStore } from '../sqlite.ts'

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

/** At once, so that what was said is seen whatever comes next. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}
