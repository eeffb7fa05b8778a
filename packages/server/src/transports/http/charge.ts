/**
 * Takes the price of a request from its caller's budget, before its body is read, and tells in the reply what is left:
 * by the headers `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers-10.
 */
import type { IncomingMessage } from 'node:http'
import type { Limits } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { anonymous, type Caller } from '../../core/access/caller.ts'
import type { BudgetState, Payer } from '../../core/rate/budgets.ts'
import { commandsFor, commandsForBatch, type Price } from '../../core/rate/price.ts'
import type { TransportContext } from '../transport-context.ts'

export function payerOf({ addressOf }: TransportContext, caller: Caller, request: IncomingMessage): Payer {
  return { caller, address: () => addressOf(request) }
}

type PriceOf = Price | ((request: FastifyRequest) => Price)

/** The hook that charges requests of this price; without a promise where the token is known. */
export function charging(context: TransportContext, price: PriceOf) {
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const asked = typeof price === 'function' ? askedPrice(price, request) : price
    if (asked === 'nothing') {
      done()
      return
    }
    const caller = asked === 'admission' ? anonymous : context.callers.of(request.raw)
    if (caller instanceof Promise) caller.then((known) => done(charge(context, known, request, reply, asked)), done)
    else done(charge(context, caller, request, reply, asked))
  }
}

/** A query that can not be read is a plain read: its handler refuses it. */
function askedPrice(price: (request: FastifyRequest) => Price, request: FastifyRequest): Price {
  try {
    return price(request)
  } catch {
    return 'read'
  }
}

function charge(
  context: TransportContext,
  caller: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: Price,
): Error | undefined {
  const { budgets, limits } = context.core
  const payer = payerOf(context, caller, request.raw)
  let refusal: Error | undefined
  try {
    budgets.take(payer, asked === 'batch' ? batchPriceOf(request, limits) : commandsFor(asked, limits))
  } catch (error) {
    refusal = error as Error
  }
  const state = budgets.stateOf(payer)
  if (state !== null) for (const [name, value] of Object.entries(headersOf(state))) reply.header(name, value)
  return refusal
}

/** What a batch has paid before its body was read. */
export function batchPriceOf({ headers }: FastifyRequest, limits: Limits): number {
  const announced = headers['content-length']
  return commandsForBatch(announced === undefined ? null : Number(announced), limits)
}

/**
 * The quota is what may be used at once; the window is the time in which an empty budget fills. What is left is told in
 * twentieths of the quota: two refusals that must be alike (ERR3) would differ by each single command.
 */
function headersOf({ of, burst, perSecond, tokens }: BudgetState): Record<string, string> {
  const step = Math.max(1, Math.floor(burst / 20))
  const left = Math.floor(Math.min(tokens, burst - 1) / step) * step
  return {
    'ratelimit-policy': `"${of}";q=${Math.floor(burst)};w=${Math.max(1, Math.ceil(burst / perSecond))}`,
    ratelimit: `"${of}";r=${Math.max(0, left)};t=${Math.ceil((burst - left) / perSecond)}`,
  }
}
