import type { Outside } from '@dovetail/lab/compare'
import { readDuration } from '../options/duration.ts'
import { UsageFailure } from '../usage-failure.ts'
import type { CompareFlags } from './compare-flags.ts'

type Lab = typeof import('@dovetail/lab/compare')

/** @throws UsageFailure */
export function readOutsides({ http, items, every, ws, stamp, send = [] }: CompareFlags, lab: Lab): Outside[] {
  const outsides: Outside[] = []
  if (http !== undefined) {
    const url = checked('--http', http, /^https?:$/)
    const times = stamp === undefined ? {} : { stampAt: stamp }
    outsides.push(lab.outsideHttp({ url, itemsAt: items, intervalMs: readDuration(every), ...times }))
  }
  if (ws !== undefined) {
    if (stamp === undefined) throw new UsageFailure('--ws needs --stamp: where in a message its time stands')
    outsides.push(lab.outsideWs({ url: checked('--ws', ws, /^wss?:$/), stampAt: stamp, send }))
  }
  return outsides
}

function checked(flag: string, text: string, schemes: RegExp): string {
  if (URL.canParse(text) && schemes.test(new URL(text).protocol)) return text
  throw new UsageFailure(`${flag}: "${text}" is no URL of that kind`)
}
