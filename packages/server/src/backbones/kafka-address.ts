/** `kafka://host:port,host:port/topic`. */
export interface KafkaAddress {
  readonly brokers: readonly string[]
  readonly topic: string
}

const defaultTopic = 'dovetail-bells'
const defaultPort = 9092

/** @throws Error with what is wrong with it, on one line. */
export function parseKafkaAddress(url: string): KafkaAddress {
  const match = /^kafka:\/\/([^/?#]+)(?:\/([^/?#]*))?$/i.exec(url)
  if (match?.[1] === undefined) throw new Error('it is not kafka://host:port,host:port/topic')
  // What stands before an @ may be a password: it is not told again.
  if (match[1].includes('@'))
    throw new Error('a user and a password (SASL) are not spoken; brokers have to take who comes')
  const topic = match[2] === undefined || match[2] === '' ? defaultTopic : match[2]
  if (!/^[A-Za-z0-9._-]{1,249}$/.test(topic) || topic === '.' || topic === '..')
    throw new Error(`"${topic}" is no name for a topic`)
  return { brokers: match[1].split(',').map(brokerOf), topic }
}

function brokerOf(text: string): string {
  const match = /^([A-Za-z0-9._-]+|\[[0-9a-f:]+\])(?::(\d{1,5}))?$/i.exec(text)
  const port = match?.[2] === undefined ? defaultPort : Number(match[2])
  if (match?.[1] === undefined || port < 1 || port > 65_535) throw new Error(`"${text}" is no address of a broker`)
  return `${match[1]}:${port}`
}
