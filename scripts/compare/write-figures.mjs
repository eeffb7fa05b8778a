/** `node scripts/compare/write-figures.mjs`: writes the figures of docs/compare.md anew from the runs that are kept. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../steps.mjs'
import { readKeptRuns, renderFigures } from './figures.mjs'

const page = join(root, 'docs/compare.md')
await writeFile(page, renderFigures(await readFile(page, 'utf8'), await readKeptRuns(join(root, 'docs/compare'))))
