import { type Limits, SearchReply } from '@dovetail/protocol'
import { json, type Operation } from '../operation.ts'
import { limitParameter, textParameter } from '../parameters.ts'

export function searchOperations(limits: Limits): Operation[] {
  return [
    {
      method: 'GET',
      path: '/v1/search',
      id: 'search',
      tag: 'search',
      summary: 'Records that hold all the words, among what the caller may read, the newest first.',
      description: 'Any text is a query. The last word is a prefix; case and accents do not count.',
      caller: 'anyone',
      query: [
        textParameter('q', 'The words.'),
        textParameter('channel', 'In this channel only.'),
        textParameter('collection', 'In collections of this name only.'),
        limitParameter('hits', limits.pageRecords, limits.pageRecordsDefault),
        textParameter('after', 'As an earlier answer gave it.'),
      ],
      replies: { 200: json('The hits; `after` is null on the last page.', SearchReply) },
      refusals: ['invalid_name', 'invalid_query', 'not_found', 'store_unavailable'],
    },
  ]
}
