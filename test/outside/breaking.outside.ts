/** A client that was made for the last release still fits: oasdiff finds no break between its OpenAPI document and this one. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { serving } from '../support/servers/serving.ts'

/** `curl URL/openapi.json | gzip` of the version that was released last; each release replaces it. */
const released = fileURLToPath(new URL('./contract/released-openapi.json.gz', import.meta.url))
/** Where the released document said what that server did not do, so that no client could rely on it. */
const corrections = fileURLToPath(new URL('./contract/corrections.txt', import.meta.url))
/** A download and a compiler on a slow machine. */
const toolMs = 600_000
const tool = 'github.com/oasdiff/oasdiff@v1.38.0'

const server = serving()

test(
  'oasdiff finds no break with the last release, and finds one that is planted',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dovetail-breaking-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const before = gunzipSync(await readFile(released)).toString()
    const now = await (await fetch(`${server.url}/openapi.json`)).text()
    const compare = async (text: string) => {
      await writeFile(join(folder, 'released.json'), before)
      await writeFile(join(folder, 'openapi.json'), text)
      const options = ['--fail-on', 'ERR', '--err-ignore', corrections]
      const args = ['run', tool, 'breaking', ...options, 'released.json', 'openapi.json']
      return await promisify(execFile)('go', args, { cwd: folder })
    }
    await compare(now)
    const broken = JSON.parse(now) as { paths: Record<string, unknown> }
    delete broken.paths['/v1/me']
    await expect(compare(JSON.stringify(broken))).rejects.toMatchObject({
      stdout: expect.stringContaining('api-path-removed-without-deprecation'),
    })
  },
  toolMs,
)
