/** Which rights a node's user has on the topic, so that a missing one is named at once, and not found out by a failing read. */
import { AclOperations, type Admin, metadataV12, ProtocolError } from '@platformatic/kafka'
import type { KafkaAddress } from './kafka-address.ts'

type Right = 'Describe' | 'Create' | 'Read' | 'Write'

/** Trying again does not help: an administrator has to give the rights. */
export class MissingRights extends Error {
  constructor({ topic, signIn, brokers: [broker] }: KafkaAddress, rights: readonly Right[]) {
    const user = signIn?.user ?? 'ANONYMOUS'
    const operations = rights.map((right) => `--operation ${right}`).join(' ')
    super(
      `the user "${user}" lacks the ${rights.length === 1 ? 'right' : 'rights'} ${rights.join(', ')} on the topic ` +
        `"${topic}"; an administrator gives it by: kafka-acls.sh --bootstrap-server ${broker} --add ` +
        `--allow-principal User:${user} ${operations} --topic ${topic}`,
    )
  }
}

/** What brokers answer that do not tell rights. */
const untold = -0x8000_0000

/** @throws MissingRights where the topic, which the user sees, may not be read or not be written */
export async function requireReadAndWrite(admin: Admin, address: KafkaAddress): Promise<void> {
  const { topic } = address
  const leader = (await admin.metadata({ topics: [topic] })).topics.get(topic)?.partitions[0]?.leader
  if (leader === undefined) return
  const [connection] = (await admin.connectToBrokers([leader])).values()
  if (connection === undefined) return
  const { topics } = await metadataV12.api.async(connection, [topic], false, true)
  const given = topics[0]?.topicAuthorizedOperations ?? untold
  if (given === untold) return
  const missing: Right[] = []
  if ((given & (1 << AclOperations.READ)) === 0) missing.push('Read')
  if ((given & (1 << AclOperations.WRITE)) === 0) missing.push('Write')
  if (missing.length > 0) throw new MissingRights(address, missing)
}

/**
 * Why a topic that the user does not see could not be made: `null` where rights are not the reason.
 * `failure` is what the attempt to make it was answered.
 */
export async function rightsToSee(
  admin: Admin,
  address: KafkaAddress,
  failure: unknown,
): Promise<MissingRights | null> {
  const isHidden = await admin.metadata({ topics: [address.topic] }).then(
    () => false,
    (error: unknown) => hasCode(error, 'TOPIC_AUTHORIZATION_FAILED'),
  )
  const mayNotMake = hasCode(failure, 'TOPIC_AUTHORIZATION_FAILED')
  if (isHidden && hasCode(failure, 'TOPIC_ALREADY_EXISTS')) return new MissingRights(address, ['Read', 'Write'])
  // It is not told whether a hidden topic exists. Without Create, an administrator may also make it.
  if (isHidden && mayNotMake) return new MissingRights(address, ['Create', 'Read', 'Write'])
  return mayNotMake ? new MissingRights(address, ['Create']) : null
}

/** Whether an error, or one that it was caused by, is this answer of a broker. */
function hasCode(error: unknown, id: string): boolean {
  if (error instanceof ProtocolError && error.apiId === id) return true
  if (error instanceof AggregateError) return error.errors.some((each) => hasCode(each, id))
  return error instanceof Error && error.cause !== undefined && hasCode(error.cause, id)
}
