/** `kafka://[user:password@]host:port,host:port/topic?mechanism=…`; `kafkas://` is the same over TLS. */
export interface KafkaAddress {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly isOverTls: boolean
  /** How to sign in (SASL); `null`: the brokers ask for no sign-in. */
  readonly signIn: KafkaSignIn | null
}

export interface KafkaSignIn {
  readonly mechanism: KafkaMechanism
  readonly user: string
  readonly password: string
}

/** The mechanisms by their SASL names. */
const mechanisms = ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'PLAIN'] as const
type KafkaMechanism = (typeof mechanisms)[number]

/** Its name is from the first release: nodes of two builds must share the topic during a rolling update. */
const defaultTopic = 'dovetail-bells'
const defaultPort = 9092

/**
 * @throws Error that says on one line what is wrong with the address. The text before an `@` may be a
 * password, so the message leaves it out.
 */
export function parseKafkaAddress(url: string): KafkaAddress {
  const match = /^(kafkas?):\/\/(?:([^/?#]*)@)?([^/?#@]+)(?:\/([^/?#@]*))?(?:\?([^#]*))?$/i.exec(url)
  const [, scheme = '', user, brokers, topic = '', query = ''] = match ?? []
  if (brokers === undefined) throw new Error('it is not kafka://user:password@host:port,host:port/topic')
  return {
    brokers: brokers.split(',').map(brokerOf),
    topic: topicOf(topic),
    isOverTls: scheme.toLowerCase() === 'kafkas',
    signIn: signInOf(user, mechanismOf(query)),
  }
}

function brokerOf(text: string): string {
  const match = /^([A-Za-z0-9._-]+|\[[0-9a-f:]+\])(?::(\d{1,5}))?$/i.exec(text)
  const port = match?.[2] === undefined ? defaultPort : Number(match[2])
  if (match?.[1] === undefined || port < 1 || port > 65_535) throw new Error(`"${text}" is no address of a broker`)
  return `${match[1]}:${port}`
}

function topicOf(text: string): string {
  const topic = text === '' ? defaultTopic : text
  if (!/^[A-Za-z0-9._-]{1,249}$/.test(topic) || topic === '.' || topic === '..')
    throw new Error(`"${topic}" is no name for a topic`)
  return topic
}

function mechanismOf(query: string): KafkaMechanism | null {
  const params = new URLSearchParams(query)
  for (const name of params.keys())
    if (name !== 'mechanism') throw new Error(`"${name}" is no parameter of it; there is "mechanism"`)
  const name = params.get('mechanism')
  if (name === null) return null
  const found = mechanisms.find((mechanism) => mechanism === name.toUpperCase())
  if (found === undefined)
    throw new Error(`"${name}" is no mechanism to sign in by; there are ${mechanisms.join(', ')}`)
  return found
}

function signInOf(userInfo: string | undefined, mechanism: KafkaMechanism | null): KafkaSignIn | null {
  if (userInfo === undefined) {
    if (mechanism !== null) throw new Error('a mechanism to sign in by takes user:password@ before the brokers')
    return null
  }
  const colon = userInfo.indexOf(':')
  if (colon < 1) throw new Error('before the @ stands user:password')
  return {
    mechanism: mechanism ?? 'SCRAM-SHA-512',
    user: decoded(userInfo.slice(0, colon)),
    password: decoded(userInfo.slice(colon + 1)),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error('what stands before the @ is not percent-encoded')
  }
}
