/** What an answer gives to go on from: ids, cursors, tags, leases, addresses. */
import type { Answer } from '../support/clients/rest.ts'
import type { RestInput } from './rest-input.ts'
import type { World } from './world.ts'

interface Found {
  readonly id?: unknown
  readonly rev?: unknown
  readonly cursor?: unknown
  readonly channels?: unknown
  readonly records?: unknown
  readonly lease?: unknown
  readonly ticket?: unknown
  readonly url?: unknown
  readonly upload?: { readonly url?: unknown }
  readonly failed?: unknown
}

export function harvest(world: World, { operation, scope, caller, body: sent }: RestInput, answer: Answer): void {
  const { ch, col, consumer, pattern, fileId } = scope
  const at = answer.headers['dovetail-at']
  if (typeof at === 'string' && ch !== undefined) world.keep(`cursor ${String(ch)}`, at)
  const body = (typeof answer.body === 'object' && answer.body !== null ? answer.body : {}) as Found
  if (typeof body.id === 'string' && body.rev !== undefined) keepRecord(world, ch, col, body)
  if (typeof body.id === 'string' && answer.headers.etag !== undefined)
    world.keep(`tag ${String(ch)} ${String(col)} ${body.id}`, answer.headers.etag)
  if (typeof body.cursor === 'string' && ch !== undefined) world.keep(`cursor ${String(ch)}`, body.cursor)
  if (typeof body.cursor === 'string' && pattern !== undefined) world.keep(`followed ${String(pattern)}`, body.cursor)
  for (const each of listOf(body.records)) if (typeof each.id === 'string') keepRecord(world, ch, col, each)
  for (const each of listOf(body.channels))
    if (typeof each.cursor === 'string') world.keep(`cursor ${String(each.channel)}`, each.cursor)
  if (typeof body.lease === 'string') world.keep(`page ${String(consumer)}`, body)
  switch (operation.operationId) {
    case 'issueTicket':
      world.keep('ticket', body.ticket)
      break
    case 'createApiKey':
      world.keep('key id', body.id)
      break
    case 'listDeadLetters':
      for (const { id } of listOf(body.failed)) world.keep('event', id)
      break
    case 'announceFile':
      keepFile(world, String(ch), body, sent, caller)
      break
    case 'uploadFile':
      keepUploaded(world, String(fileId))
      break
    case 'addressFile':
      world.keep(`read ${String(fileId)}`, new URL(String(body.url), 'http://a/v1/').searchParams.get('read'))
      break
  }
}

export function keepRecord(
  world: World,
  channel: unknown,
  collection: unknown,
  record: { id?: unknown; author?: unknown },
) {
  world.keep(`id ${String(channel)} ${String(collection)}`, record.id)
  if (record.author !== undefined)
    world.keep(`own ${String(channel)} ${String(collection)} ${String(record.author)}`, record.id)
}

function keepFile(world: World, channel: string, { id, upload }: Found, sent: RestInput['body'], caller: string): void {
  const facts = JSON.parse(String(sent)) as Record<string, unknown>
  world.keep('file', id)
  world.keep(`file ${channel}`, id)
  world.keep(`size ${String(id)}`, facts.size)
  world.keep(`write ${String(id)}`, new URL(String(upload?.url), 'http://a/v1/').searchParams.get('write'))
  const { name, type, size } = facts
  world.keep(`facts ${String(id)}`, { channel, caller, file: { id, name, type, size } })
}

function keepUploaded(world: World, id: string): void {
  const facts = world.kept(`facts ${id}`) as { channel: string; caller: string; file: unknown } | undefined
  if (facts !== undefined) world.keep(`uploaded ${facts.channel} ${facts.caller}`, facts.file)
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : []
}
