/** Requests to the objects of one bucket, signed by its keys, and addresses for those who have no keys. */
import { AwsClient, AwsV4Signer } from 'aws4fetch'
import { StoreUnavailable } from '../../ports/store.ts'
import type { S3Address } from './s3-address.ts'

export interface SignedAddress {
  readonly method: string
  /** Of the object, after the prefix. */
  readonly name: string
  /** From when on, in milliseconds since the Unix epoch, and for how long. */
  readonly from: number
  readonly seconds: number
  /** Who uses the address has to send exactly these. */
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
}

export class Bucket {
  readonly #address: S3Address
  readonly #keys: Pick<S3Address, 'region' | 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>
  readonly #client: AwsClient

  constructor(address: S3Address) {
    this.#address = address
    const { region, accessKeyId, secretAccessKey, sessionToken } = address
    this.#keys = { region, accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
    this.#client = new AwsClient({ ...this.#keys, service: 's3', retries: 0 })
  }

  /** Of the bucket's addresses. */
  get origin(): string {
    return new URL(this.#address.bucketUrl).origin
  }

  /** @throws StoreUnavailable where nobody answers */
  async ask(name: string, init: RequestInit & { readonly duplex?: 'half' } = {}): Promise<Response> {
    return await this.#fetch(this.#urlOf(name), init)
  }

  /** The objects whose name begins so, at most 1,000 of them. */
  async list(start: string): Promise<readonly { readonly name: string; readonly changedAt: number }[]> {
    const { bucketUrl, prefix } = this.#address
    const query = new URLSearchParams({ 'list-type': '2', prefix: prefix + start })
    const answer = await this.#fetch(`${bucketUrl}?${query}`, {})
    if (answer.status !== 200) throw await unexpected(answer)
    const text = await answer.text()
    return [...text.matchAll(/<Contents>(.*?)<\/Contents>/gs)].flatMap(([, entry = '']) => {
      const key = /<Key>([^<]+)<\/Key>/.exec(entry)?.[1] ?? ''
      const changedAt = Date.parse(/<LastModified>([^<]+)<\/LastModified>/.exec(entry)?.[1] ?? '')
      return key.startsWith(prefix) ? [{ name: key.slice(prefix.length), changedAt }] : []
    })
  }

  /** Does nothing where there is no such object. */
  async remove(name: string): Promise<void> {
    await finish(await this.ask(name, { method: 'DELETE' }), [200, 204, 404])
  }

  /** An address that is good without keys. */
  async sign({ method, name, from, seconds, headers = {}, query = {} }: SignedAddress): Promise<string> {
    const parameters = new URLSearchParams({ ...query, 'X-Amz-Expires': String(seconds) })
    const signer = new AwsV4Signer({
      ...this.#keys,
      ...{ service: 's3', method, headers, signQuery: true },
      // Otherwise neither the type nor the length would be signed.
      allHeaders: true,
      url: `${this.#urlOf(name)}?${parameters}`,
      datetime: new Date(from).toISOString().replaceAll(/[:-]|\.\d{3}/g, ''),
    })
    return (await signer.sign()).url.toString()
  }

  /** As a copy names what it copies. */
  sourceOf(name: string): string {
    const { bucket, prefix } = this.#address
    return `/${bucket}/${prefix}${name}`
  }

  #urlOf(name: string): string {
    const { bucketUrl, prefix } = this.#address
    return `${bucketUrl}/${prefix}${name}`
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#client.fetch(url, { redirect: 'manual', ...init })
    } catch (error) {
      throw new StoreUnavailable(`the bucket can not be reached: ${reasonOf(error)}`, { cause: error })
    }
  }
}

/** Reads the answer to its end, so that its connection can be used again. */
export async function finish(response: Response, expected: readonly number[]): Promise<void> {
  if (!expected.includes(response.status)) throw await unexpected(response)
  await response.arrayBuffer()
}

export async function unexpected(response: Response): Promise<StoreUnavailable> {
  const text = await response.text().catch(() => '')
  const code = /<Code>([^<]{1,100})<\/Code>/.exec(text)?.[1] ?? ''
  return new StoreUnavailable(`the bucket answered ${response.status} ${code}`.trim())
}

/** `fetch` hides what ended it behind an error of its own. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error
  return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message
}
