/** Reads `s3://bucket/prefix?endpoint=…&region=…&access=…`, and the keys that AWS's own tools read from the environment. */

export interface S3Address {
  /** The name of the bucket, and its URL without a slash at the end. */
  readonly bucket: string
  readonly bucketUrl: string
  /** What the name of each object begins with: empty, or with a slash at its end. */
  readonly prefix: string
  readonly region: string
  /** Whether clients send and read bytes at the bucket itself, by addresses that this server signs. */
  readonly isPresigned: boolean
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

type Environment = Readonly<Record<string, string | undefined>>

const example = 's3://bucket?endpoint=https://s3.example.com&region=us-east-1'
const parameters = ['endpoint', 'region', 'access']
const accesses = ['server', 'presigned']

/** Throws what is wrong with the address, in a sentence. */
export function parseS3Address(address: string, environment: Environment): S3Address {
  const url = URL.canParse(address) ? new URL(address) : null
  if (url === null || url.hostname === '') throw new Error(`"${address}" is not like ${example}`)
  const unknown = [...url.searchParams.keys()].find((name) => !parameters.includes(name))
  if (unknown !== undefined) throw new Error(`s3: has no parameter "${unknown}", only ${parameters.join(', ')}`)
  if (url.username !== '') throw new Error('s3: keys are given in the environment, not in the address')
  const region =
    url.searchParams.get('region') ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? 'us-east-1'
  const endpoint =
    url.searchParams.get('endpoint') ?? environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL ?? null
  const access = url.searchParams.get('access') ?? 'server'
  if (!accesses.includes(access)) throw new Error(`s3: access is ${accesses.join(' or ')}, not "${access}"`)
  const { AWS_SESSION_TOKEN: sessionToken } = environment
  const prefix = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .join('/')
  return {
    bucket: url.hostname,
    bucketUrl: bucketUrl(url.hostname, region, endpoint),
    prefix: prefix === '' ? '' : `${prefix}/`,
    region,
    isPresigned: access === 'presigned',
    accessKeyId: keyIn(environment, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: keyIn(environment, 'AWS_SECRET_ACCESS_KEY'),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  }
}

/** AWS wants the bucket in the host; other servers take it in the path, whatever their host is called. */
function bucketUrl(bucket: string, region: string, endpoint: string | null): string {
  if (endpoint === null) return `https://${bucket}.s3.${region}.amazonaws.com`
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint))
    throw new Error(`s3: the endpoint "${endpoint}" is no http: or https: URL`)
  return `${withoutLastSlashes(endpoint)}/${bucket}`
}

function withoutLastSlashes(text: string): string {
  let end = text.length
  while (text[end - 1] === '/') end--
  return text.slice(0, end)
}

function keyIn(environment: Environment, name: string): string {
  const value = environment[name]
  if (value === undefined || value === '') throw new Error(`s3: the variable ${name} is not set`)
  return value
}
