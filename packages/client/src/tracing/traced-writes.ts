/** A channel whose writes have spans. */
import { newKey } from '../base/key.ts'
import type { Channel } from '../channel.ts'
import type { Collection, WriteOptions } from '../collection.ts'
import { appendKey, type WriteOp, type WriteSpans } from './write-spans.ts'

export function traceWrites<Types, Name extends string>(
  channel: Channel<Types, Name>,
  spans: WriteSpans,
): Channel<Types, Name> {
  return { ...channel, collection: (name) => tracedCollection(channel.collection(name), spans) }
}

function tracedCollection<Data>(collection: Collection<Data>, spans: WriteSpans): Collection<Data> {
  const { channel, name } = collection
  const write = <Result, Options extends WriteOptions>(
    op: WriteOp,
    options: Options | undefined,
    run: (options: Options & { readonly key: string }) => Promise<Result>,
  ): Promise<Result> => {
    const keyed = { ...(options as Options), key: options?.key ?? newKey() }
    return spans.around(op, channel, keyed.key, () => run(keyed))
  }
  return {
    ...collection,
    create: (data, options) => write('create', options, (keyed) => collection.create(data, keyed)),
    update: (id, patch, options) => write('patch', options, (keyed) => collection.update(id, patch, keyed)),
    replace: (id, data, options) => write('put', options, (keyed) => collection.replace(id, data, keyed)),
    delete: (id, options) => write('delete', options, (keyed) => collection.delete(id, keyed)),
    append: (id, path, text) =>
      spans.around('append', channel, appendKey(channel, name, id), () => collection.append(id, path, text)),
  }
}
