/** The resource that shows services and admins how the server is: its nodes, and what this one is busy with. */
import { type NodeStatus, ServerStatus } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../core/access/caller.ts'
import { readableAmong } from '../../core/access/readable-among.ts'
import { requireStaff } from '../../core/access/require-staff.ts'
import type { NodeReport } from '../../ports/backbone.ts'
import { LiveChannels } from '../../telemetry/status/live-channels.ts'
import { slowReaders } from '../../telemetry/status/slow-readers.ts'
import { encodeJson } from '../../wire/json-text.ts'
import { json, type Resource } from '../contract/operation.ts'
import { requireUser } from '../http/callers.ts'
import { sendJson } from '../http/reply.ts'
import type { TransportContext } from '../transport-context.ts'

const maxChannels = 20
const maxSlowReaders = 20

export function statusResources(context: TransportContext): Resource[] {
  const { core } = context
  const channels = new LiveChannels(
    () => core.hubs.all(),
    () => core.clock.monotonic(),
  )
  return [
    {
      path: '/v1/status',
      operations: {
        GET: {
          id: 'readStatus',
          tag: 'the server',
          summary: 'The nodes, and what the answering one is busy with; for `service` and `admin` callers.',
          description: 'Channels that the caller may not read are left out.',
          caller: 'user',
          replies: { 200: json('How the server is.', ServerStatus) },
          refusals: ['forbidden', 'store_unavailable'],
          handle: (request, reply) => answer(context, channels, request, reply),
        },
      },
    },
  ]
}

async function answer(
  context: TransportContext,
  channels: LiveChannels,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const caller = await requireUser(context.callers, request.raw)
  requireStaff(caller, 'Only services and admins see how the server is.')
  const status = await readStatus(context, channels, caller)
  return sendJson(reply.header('cache-control', 'no-store'), 200, encodeJson<ServerStatus>(status))
}

async function readStatus(
  { core, events, nodeFigures, readers }: TransportContext,
  liveChannels: LiveChannels,
  caller: Caller,
): Promise<ServerStatus> {
  const now = core.clock.now()
  const channels = liveChannels.busiest(maxChannels)
  const slow = slowReaders(readers, core.hubs.all(), core.clock.monotonic(), maxSlowReaders)
  const resets = core.hubs.counts.recentResets.all
  const named = [channels, resets].flatMap((all) => all.map(({ channel }) => channel))
  const visible = await readableAmong(core, caller, new Set([...named, ...slow.flatMap((reader) => reader.channels)]))
  const isVisible = ({ channel }: { readonly channel: string }) => visible.has(channel)
  const others = core.peers.nodes.all.map(({ report, heardAt }) => nodeStatus(report, heardAt))
  return {
    at: dateOf(now),
    node: nodeFigures.name,
    nodes: [nodeStatus(nodeFigures.report, now), ...others],
    channels: channels.filter(isVisible),
    slowReaders: slow.map((reader) => ({ ...reader, channels: reader.channels.filter((name) => visible.has(name)) })),
    resets: resets
      .filter(isVisible)
      .map(({ at, channel, reason, user }) => ({ at: dateOf(at), channel, reason, user })),
    refusals: events.refusals.map((refusal) => ({ ...refusal, at: dateOf(refusal.at) })),
    ends: events.ends.map((end) => ({ ...end, at: dateOf(end.at) })),
  }
}

function nodeStatus({ isLeaving, startedAt, ...figures }: NodeReport, heardAt: number): NodeStatus {
  return {
    ...figures,
    startedAt: dateOf(startedAt),
    heardAt: dateOf(heardAt),
    state: isLeaving ? 'leaving' : 'serving',
  }
}

function dateOf(at: number): string {
  return new Date(at).toISOString()
}
