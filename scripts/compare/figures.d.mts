import type { CompareResult } from 'dovetail-lab/compare'
import type { Noise } from './noise.mjs'

export interface KeptRuns {
  readonly chat: CompareResult
  readonly quiet: CompareResult
  readonly feed: CompareResult
  readonly prices: CompareResult
  readonly game: CompareResult
  /** What it takes to follow a channel, by file. */
  readonly effort: readonly { readonly way: string; readonly file: string; readonly lines: number }[]
  /** `null`: it was not measured. */
  readonly noise: Noise | null
}

/** Reads what docs/compare keeps. */
export function readKeptRuns(folder: string): Promise<KeptRuns>
/** The page with all that stands between its markers written anew from the runs. */
export function renderFigures(page: string, kept: KeptRuns): string
