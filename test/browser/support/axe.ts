import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

const counted = new Set(['serious', 'critical'])

/** The serious violations that axe finds, one text each, with the element. */
export async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => counted.has(impact ?? ''))
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ''}`))
}
