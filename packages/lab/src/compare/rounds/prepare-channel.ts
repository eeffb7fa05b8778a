import { CompareFailure } from '../../failures/compare-failure.ts'
import { HttpConnection } from '../../traffic/http-connection.ts'
import { Traffic } from '../../traffic/traffic.ts'
import type { RoundOptions } from './round-options.ts'

/**
 * Writes the records that the workload wants to be there before anybody reads.
 * @returns the cursor that readers begin at
 * @throws CompareFailure where a write is refused or the channel cannot be read
 */
export async function prepareChannel({ target, publisher, workload, channel }: RoundOptions): Promise<string> {
  const { collection, prefill } = workload
  const write = { key: null, data: workload.data('x'.repeat(prefill.bytes), null) }
  for (let record = 0; record < prefill.records; record++) {
    const problem = await publisher.write({ channel, collection }, write)
    if (problem !== null) throw new CompareFailure(problem)
  }
  const connection = new HttpConnection(target.endpoint, new Traffic())
  const { status, body } = await connection.request({ path: `/v1/channels/${channel}` })
  connection.close()
  if (status !== 200) throw new CompareFailure(`the channel ${channel} was answered ${status}: ${body.toString()}`)
  return (JSON.parse(body.toString()) as { cursor: string }).cursor
}
