/** `dovetail-client/files`: a file is announced, uploaded, referred to and read, by the SDK. */
import { type Client, type ClientOptions, createClient } from 'dovetail-client'
import { files } from 'dovetail-client/files'
import { describe, expect, onTestFinished, test } from 'vitest'
import { picture, temporaryFolder } from '../support/files.ts'
import { freshChannel } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'

const png = { name: 'läke.png', type: 'image/png', width: 64, height: 48 }
const bytes = Uint8Array.from(picture)

describe('files by the SDK', () => {
  const server = serving({ store: 'sqlite', files: temporaryFolder() })

  async function open(options: ClientOptions = {}, user = 'ana'): Promise<Client> {
    const client = createClient({ url: server.url, storage: null, token: await tokenFor(user), ...options })
    onTestFinished(() => client.close())
    return client
  }

  test('[FIL1, FIL7, FIL10] what was uploaded is a reference for a record, and is read by an address', async () => {
    const [client, channel] = [await open(), freshChannel()]
    const progress: number[][] = []
    const onProgress = (...step: number[]) => progress.push(step)
    const reference = await files(client, channel).upload(bytes, { ...png, onProgress })
    expect(reference).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/), ...png, size: picture.length })
    expect(progress.at(-1)).toEqual([picture.length, picture.length])
    await client
      .channel(channel)
      .collection('messages')
      .create({ text: 'look', files: [reference] })
    const { url } = await files(await open({}, 'bob'), channel).address(reference.id)
    const read = await fetch(url)
    expect([read.headers.get('content-type'), Buffer.from(await read.arrayBuffer())]).toEqual(['image/png', picture])
  })

  test('a file has its own name and type, without parameters and in lower case', async () => {
    const own = new File([bytes], 'notes.txt', { type: 'Text/Plain; charset=utf-8' })
    const uploaded = await files(await open(), freshChannel()).upload(own)
    expect(uploaded).toEqual({ id: uploaded.id, name: 'notes.txt', type: 'text/plain', size: picture.length })
    await expect(files(await open(), freshChannel()).upload(new Blob([bytes]))).rejects.toMatchObject({
      code: 'misuse',
    })
  })

  test('[FIL3] what a channel does not take is refused by its code, before a byte is sent', async () => {
    const sent: string[] = []
    const counting: typeof fetch = (to, init) => {
      sent.push(`${init?.method} ${new URL(String(to)).pathname.split('/').at(-1)}`)
      return fetch(to, init)
    }
    const handle = files(await open({ fetch: counting }), freshChannel())
    const refused = { code: 'invalid_data', errors: [expect.objectContaining({ pointer: '/type' })] }
    await expect(handle.upload(bytes, { ...png, type: 'text/html' })).rejects.toMatchObject(refused)
    const large = new Blob([new Uint8Array(10_485_761)])
    await expect(handle.upload(large, png)).rejects.toMatchObject({ code: 'too_large' })
    await expect(files(await open(), 'game:a').upload(bytes, png)).rejects.toMatchObject({ code: 'forbidden' })
    expect(sent).toEqual(['POST files', 'POST files'])
  })

  test('[FIL4] bytes whose request or answer was lost are sent again, and are there once', async () => {
    let puts = 0
    const lossy: typeof fetch = async (to, init) => {
      const lost = init?.method === 'PUT' ? ++puts : 0
      if (lost === 1) throw new TypeError('lost on its way')
      const answer = await fetch(to, init)
      if (lost === 2) throw new TypeError('lost on its way back')
      return answer
    }
    const handle = files(await open({ fetch: lossy }), freshChannel())
    const { id } = await handle.upload(bytes, png)
    expect(puts).toBe(3)
    expect((await (await fetch((await handle.address(id)).url)).arrayBuffer()).byteLength).toBe(picture.length)
  })

  test('an upload that is given up ends at once, also while it is announced or waits to be sent again', async () => {
    for (const method of ['POST', 'PUT']) {
      const control = new AbortController()
      const giving: typeof fetch = async (to, init) => {
        if (init?.method !== method) return fetch(to, init)
        control.abort()
        throw new TypeError('cut')
      }
      const uploading = files(await open({ fetch: giving }), freshChannel()).upload(bytes, {
        ...png,
        signal: control.signal,
      })
      await expect(uploading).rejects.toMatchObject({ code: 'aborted' })
    }
  })

  test('an address is asked for once while it is good, and anew a minute before it ends', async () => {
    let [now, asked] = [Date.now(), 0]
    const counting: typeof fetch = (to, init) => {
      if (String(to).endsWith('/address')) asked++
      return fetch(to, init)
    }
    const clock = { now: () => now, after: () => () => undefined }
    const handle = files(await open({ fetch: counting, clock }), freshChannel())
    const { id } = await handle.upload(bytes, png)
    const first = await handle.address(id)
    expect([await handle.address(id), asked]).toEqual([first, 1])
    now = Date.parse(first.expiresAt) - 61_000
    await handle.address(id)
    expect(asked).toBe(1)
    now += 2000
    await handle.address(id)
    expect(asked).toBe(2)
  })

  test('under a path that only a proxy knows, bytes go and come by that path', async () => {
    const behind: typeof fetch = (to, init) => fetch(String(to).replace('/hidden/place', ''), init)
    const seen: string[] = []
    const client = await open({
      url: `${server.url}/hidden/place`,
      fetch: (to, init) => {
        seen.push(String(to))
        return behind(to, init)
      },
    })
    const handle = files(client, freshChannel())
    const { id } = await handle.upload(bytes, png)
    expect((await handle.address(id)).url).toContain(`${server.url}/hidden/place/v1/files/${id}?read=`)
    expect(seen.every((url) => url.startsWith(`${server.url}/hidden/place/v1/`))).toBe(true)
  })
})
