import { randomBytes } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import { type S3Service, startS3 } from 'dovetail-lab/services'

/** A new bucket of a server of our own, and the environment in which it is opened. */
export interface TestBucket {
  readonly address: string
  readonly environment: Readonly<Record<string, string>>
  /** The names of the objects in it. */
  names(): Promise<string[]>
}

export async function makeBucket({ endpoint, keys }: S3Service): Promise<TestBucket> {
  const name = `files-${randomBytes(4).toString('hex')}`
  const client = new AwsClient({ ...keys, service: 's3', region: 'us-east-1', retries: 0 })
  const made = await client.fetch(`${endpoint}/${name}`, { method: 'PUT' })
  if (!made.ok) throw new Error(`no bucket: ${made.status} ${await made.text()}`)
  const names = async () => {
    const listed = await client.fetch(`${endpoint}/${name}?list-type=2`)
    return [...(await listed.text()).matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key]) => key ?? '')
  }
  return {
    address: `s3://${name}?endpoint=${encodeURIComponent(endpoint)}&region=us-east-1`,
    environment: { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey },
    names,
  }
}

export { startS3 }
