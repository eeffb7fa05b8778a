import type { Page, SearchReply } from 'dovetail-protocol'
import { expect } from 'vitest'
import type { Rest } from '../../support/clients/rest.ts'
import { at } from '../../support/paths.ts'

export async function say(rest: Rest, channel: string, lines: Readonly<Record<string, string>>): Promise<void> {
  for (const [id, text] of Object.entries(lines)) await rest.put(at(channel, 'messages', id), { text })
}

export const query = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields).toString()

/** The ids that the collection's page of hits gives. */
async function idsIn(rest: Rest, channel: string, q: string): Promise<string[]> {
  return (await rest.get<Page>(`${at(channel)}?${query({ q })}`)).body.records.map(({ id }) => id)
}

/** The ids that the search over all gives. */
export async function idsOver(rest: Rest, fields: Readonly<Record<string, string>>): Promise<string[]> {
  return (await rest.get<SearchReply>(`/v1/search?${query(fields)}`)).body.hits.map(({ record }) => record.id)
}

/** Searches one channel over both transports, which must agree. */
export async function found(rest: Rest, channel: string, q: string): Promise<string[]> {
  const ids = await idsIn(rest, channel, q)
  expect(await idsOver(rest, { q, channel })).toEqual(ids)
  return ids
}

/** A text in each script, a query that finds it, and further words of it. */
export const scripts: readonly (readonly [string, string, readonly string[]])[] = [
  ['今天天气很好', '天气', ['今天', '很好']],
  ['東京都に住んでいます', '東京', ['住んで']],
  ['ฉันรักภาษาไทย', 'ภาษา', ['รัก']],
  ['Привет, мир', 'МИР', ['привет']],
  ['한국어를 배웁니다', '한국어', ['배웁']],
  ['שלום עולם', 'עולם', ['שלום']],
]
