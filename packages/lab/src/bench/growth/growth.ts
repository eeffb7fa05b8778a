/** Measures how cost grows with subscribers, channels and records, and draws it where `--picture FILE` says. */
import { writeFile } from 'node:fs/promises'
import type { Row } from '../report/report.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'
import { overChannels } from './channels.ts'
import { growthPicture } from './growth-picture.ts'
import { overRecords } from './records.ts'
import { growthRow, type Series } from './series.ts'
import { overSubscribers } from './subscribers.ts'

export async function growth(settings: BenchSettings, report: (line: string) => void): Promise<Row[]> {
  const all: Series[] = []
  for (const measure of [overSubscribers, overChannels, overRecords]) all.push(...(await measure(settings, report)))
  if (settings.picture !== null) await writeFile(settings.picture, growthPicture(all))
  return all.map(growthRow)
}
