/** Measures how cost grows with subscribers, channels and records, and draws it where `--picture FILE` says. */
import { writeFile } from 'node:fs/promises'
import type { Row } from '../report/report.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'
import { overChannels } from './channels.ts'
import { growthPicture } from './growth-picture.ts'
import { overRecords } from './records.ts'
import { type Growing, growings, growthRow, type Series } from './series.ts'
import { overSubscribers } from './subscribers.ts'

type Measure = (settings: BenchSettings, report: (line: string) => void) => Promise<Series[]>

const measures: Readonly<Record<Growing, Measure>> = {
  subscribers: overSubscribers,
  channels: overChannels,
  records: overRecords,
}

export async function growth(settings: BenchSettings, report: (line: string) => void): Promise<Row[]> {
  const all: Series[] = []
  for (const over of chosen(settings)) all.push(...(await measures[over](settings, report)))
  if (settings.picture !== null) await writeFile(settings.picture, growthPicture(all))
  return all.map(growthRow)
}

/** @throws Error where nothing of that name grows */
function chosen({ over }: BenchSettings): Growing[] {
  if (over === null) return [...growings]
  return over.map((name) => {
    const known = growings.find((each) => each === name)
    if (known === undefined) throw new Error(`nothing called ${name} grows here: ${growings.join(', ')}`)
    return known
  })
}
