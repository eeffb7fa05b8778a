import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'

const folder = fileURLToPath(new URL('../../../artifacts/browser/', import.meta.url))

/** Saves a screenshot of the page, for people to inspect after a run. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: `${folder}${name}.png`, animations: 'disabled' })
}
