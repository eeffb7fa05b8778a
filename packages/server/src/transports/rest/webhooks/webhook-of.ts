import type { FastifyRequest } from 'fastify'
import type { Tag } from '../../contract/operation.ts'

export const tag: Tag = 'the server'

/** The webhook that the path names. */
export function webhookOf({ params }: FastifyRequest): string {
  return (params as { readonly webhook: string }).webhook
}
