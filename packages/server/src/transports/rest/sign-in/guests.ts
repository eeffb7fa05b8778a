/** The resource `/v1/guests`: tokens for people without a sign-in. */
import { Guest, GuestRequest } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { admitGuest } from '../../../auth/guests.ts'
import { Failure } from '../../../core/rules/failure.ts'
import { encodeJson } from '../../../wire/json-text.ts'
import { json, jsonBody, type Resource } from '../../contract/operation.ts'
import { optionalBodyOf } from '../../http/body.ts'
import { bearerToken } from '../../http/callers.ts'
import { sendJson } from '../../http/reply.ts'
import { checkedBody } from '../../http/shape.ts'
import type { TransportContext } from '../../transport-context.ts'

const guestRequest = Compile(GuestRequest)

export function guestResources(context: TransportContext): Resource[] {
  return [
    {
      path: '/v1/guests',
      operations: {
        POST: {
          id: 'admitGuest',
          tag: 'users',
          summary: 'Creates a guest, with a token for a person without a sign-in.',
          description:
            "With the guest's own token, which may have expired up to 30 days ago, it gives a new token for the same user.",
          caller: 'anyone',
          price: 'admission',
          body: jsonBody(GuestRequest, { optional: true }),
          replies: { 201: json('The guest and its token.', Guest) },
          refusals: ['invalid_text', 'forbidden', 'not_found', 'store_unavailable'],
          handle: (request, reply) => admit(context, request, reply),
        },
      },
    },
  ]
}

async function admit(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (!context.core.policies.guests) throw new Failure('not_found', 'This server admits no guests.')
  const { name } = checkedBody(guestRequest, optionalBodyOf(request, context.core.limits.depth))
  const token = guestToken(request)
  if (token === null) {
    const refusal = context.origins.refusalWithoutToken(request.headers)
    if (refusal !== null) throw refusal
    await countAdmission(context, request)
  }
  reply.header('cache-control', 'no-store')
  return sendJson(reply, 201, encodeJson(await admitGuest(context.guests, name, token)))
}

/** The guest's earlier token; `null`: the request creates a new guest. */
function guestToken({ headers }: FastifyRequest): string | null {
  if (headers.authorization === undefined) return null
  const token = bearerToken(headers.authorization)
  if (token === null) throw new Failure('unauthenticated', 'The Authorization header is not "Bearer" and a token.')
  return token
}

async function countAdmission({ core, addressOf }: TransportContext, request: FastifyRequest): Promise<void> {
  const waitSeconds = await core.admissions.take(addressOf(request.raw))
  if (waitSeconds === 0) return
  throw new Failure('rate_limited', 'Too many new guests from this address.', { retryAfter: Math.ceil(waitSeconds) })
}
