import type { ExternalSource } from 'dovetail-lab/compare'
import { UsageFailure } from '../failures/usage-failure.ts'
import { parseDuration } from '../options/parse-duration.ts'
import type { CompareFlags } from './compare-flags.ts'

type Lab = typeof import('dovetail-lab/compare')

/** @throws UsageFailure */
export function parseExternalSources(
  { http, items, every, ws, stamp, send = [] }: CompareFlags,
  lab: Lab,
): ExternalSource[] {
  const externalSources: ExternalSource[] = []
  if (http !== undefined) {
    const url = checked('--http', http, /^https?:$/)
    const times = stamp === undefined ? {} : { stampAt: stamp }
    externalSources.push(lab.externalHttp({ url, itemsPath: items, intervalMs: parseDuration(every), ...times }))
  }
  if (ws !== undefined) {
    if (stamp === undefined) throw new UsageFailure('--ws needs --stamp: where in a message its time stands')
    externalSources.push(lab.externalWebSocket({ url: checked('--ws', ws, /^wss?:$/), timestampPath: stamp, send }))
  }
  return externalSources
}

function checked(flag: string, text: string, schemes: RegExp): string {
  if (URL.canParse(text) && schemes.test(new URL(text).protocol)) return text
  throw new UsageFailure(`${flag}: "${text}" is no URL of that kind`)
}
