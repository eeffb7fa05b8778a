import type { Rest } from '../clients/rest.ts'
import type { OpenApiDocument } from './api-description.ts'

export interface OperationPath {
  readonly method: string
  /** With its parameters filled in, by names that are good. */
  readonly path: string
}

const examples: Readonly<Record<string, string>> = {
  ch: 'chat:a',
  channel: 'chat:a',
  col: 'messages',
  collection: 'messages',
  id: 'm',
  recordId: 'm',
  user: 'alice',
  session: 's',
  key: '3f9c0a1b2c3d4e5f',
  file: 'start.js',
  code: 'reset',
  consumer: 'mail',
  webhook: 'orders',
  event: 'evt_0',
  fileId: '0123456789abcdef0123456789abcdef',
}

/** Every operation that the server's own description names. */
export async function operations(rest: Rest): Promise<OperationPath[]> {
  const { body } = await rest.get<OpenApiDocument>('/openapi.json')
  return Object.entries(body.paths).flatMap(([template, methods]) => {
    const path = template.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
      const example = examples[name]
      if (example === undefined) throw new Error(`no example for the parameter ${name} of ${template}`)
      return example
    })
    return Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path }))
  })
}
