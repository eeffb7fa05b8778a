/** The image's command and health check as they run there: as nobody, with a root that can't be written but for /data. */
import { execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from 'dovetail-lab/services'
import { expect, onTestFinished, test } from 'vitest'
import { createRest } from '../support/clients/rest.ts'
import { at } from '../support/paths.ts'
import { until } from '../support/until.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const dockerfile = await readFile(`${root}deploy/Dockerfile`, 'utf8')

/** The last command of this kind, whose words are a JSON list; with this process's own node. */
function words(kind: 'CMD' | 'HEALTHCHECK'): string[] {
  const lines = dockerfile.replaceAll('\\\n', ' ').split('\n')
  const line = lines.filter((each) => each.startsWith(`${kind} `)).at(-1) ?? ''
  const list = JSON.parse(line.slice(line.indexOf('['))) as string[]
  return list.map((word, index) => (index === 0 && word === 'node' ? process.execPath : word))
}

/**
 * The checkout at /mnt/app and an empty /mnt/data, in mounts that only the command sees. The root is made
 * unwritable after that, for root too, and then root goes.
 */
const inContainer = `set -e
mount -t tmpfs -o mode=755 tmpfs /mnt
mkdir /mnt/app /mnt/data
mount --bind "$0" /mnt/app
mount -o remount,bind,ro /mnt/app
mount -t tmpfs -o mode=700 tmpfs /mnt/data
mount -o remount,bind,ro /mnt
mount -o remount,bind,ro /
for place in / /mnt /mnt/app; do if touch "$place/written" 2> /dev/null; then echo "$place can be written"; exit 9; fi; done
cd /mnt/app`

/** Root becomes who the image says; others are nobody in particular already. */
function asNobody(command: readonly string[]): string[] {
  const [user = '', group = ''] = /^USER (\d+):(\d+)$/m.exec(dockerfile)?.slice(1) ?? []
  const isRoot = process.getuid?.() === 0
  const ids = ['--reuid', user, '--regid', group, '--clear-groups', '--no-new-privs', '--bounding-set', '-all']
  const script = isRoot
    ? `${inContainer}\nchown ${user}:${group} /mnt/data\nexec setpriv ${ids.join(' ')} "$@"`
    : `${inContainer}\nexec "$@"`
  return [...(isRoot ? [] : ['--map-root-user']), '--mount', 'sh', '-c', script, root, ...command]
}

test('the image serves as nobody with a root that it can not write, says that it is well, and drains', async () => {
  expect(dockerfile).toMatch(/^USER 65534:65534$/m)
  const port = await freePort()
  const env = { PATH: `${process.env.PATH}:/usr/sbin:/sbin`, DOVETAIL_PORT: String(port) }
  const server = spawn('unshare', asNobody(words('CMD')), {
    env: { ...env, DOVETAIL_HOST: '127.0.0.1', DOVETAIL_DATA: '/mnt/data' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (chunk) => {
      output += String(chunk)
    })
  const ended = new Promise<number | null>((resolve) => server.once('close', resolve))
  onTestFinished(() => void server.kill('SIGKILL'))
  await until('the server to be ready', expect.poll(() => output).toContain('dovetail ready at '), () => output)
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8')
  if (process.getuid?.() === 0) {
    expect(status).toMatch(/^Uid:(\s+65534){4}$/m)
    expect(status).toMatch(/^CapEff:\s+0+$/m)
  }

  const nobody = createRest({ port })
  onTestFinished(() => nobody.close())
  const guest = await nobody.post<{ token: string }>('/v1/guests', {})
  const written = await nobody.as(guest.body.token).post(at('chat:general'), { text: 'from a container' })
  expect(written.status).toBe(201)

  const [file = '', ...args] = words('HEALTHCHECK')
  await promisify(execFile)(file, args, { env })
  const wrongPort = { ...env, DOVETAIL_PORT: String(await freePort()) }
  await expect(promisify(execFile)(file, args, { env: wrongPort })).rejects.toMatchObject({ code: 1 })

  server.kill('SIGTERM')
  expect(await until('the server to end', ended)).toBe(0)
})
