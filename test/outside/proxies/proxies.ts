/** Proxies as processes of a test, each by its text of docs/proxies.md and what Debian's package has around it. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type ServiceCommand, ServiceProcess } from 'dovetail-lab/services'
import { onTestFinished } from 'vitest'
import { documented } from '../../proxies/configurations.ts'

interface Kind {
  /** The language of its fence in docs/proxies.md. */
  readonly fence: string
  readonly file: string
  readonly around: (text: string, folder: string) => string
  readonly command: (file: string, folder: string, listen: number) => Pick<ServiceCommand, 'command' | 'args'>
}

const apacheModules = [
  ...['mpm_event', 'authz_core', 'proxy', 'proxy_http', 'filter', 'deflate', 'buffer', 'headers', 'cache'],
  ...['cache_socache', 'socache_shmcb'],
]

const kinds = {
  haproxy: {
    fence: 'haproxy',
    file: 'haproxy.cfg',
    around: (text) => text,
    command: (file) => ({ command: 'haproxy', args: ['-db', '-f', file] }),
  },
  apache: {
    fence: 'apache',
    file: 'apache2.conf',
    around: (text, folder) =>
      [
        ...[
          `ServerRoot ${folder}`,
          `PidFile ${folder}/apache2.pid`,
          `ErrorLog ${folder}/error.log`,
          'ServerName localhost',
        ],
        ...apacheModules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
        ...[`DefaultRuntimeDir ${folder}`, text],
      ].join('\n'),
    command: (file) => ({ command: 'apache2', args: ['-f', file, '-D', 'FOREGROUND'] }),
  },
  caddy: {
    fence: 'caddyfile',
    file: 'Caddyfile',
    around: (text, folder) => `{\nadmin off\nauto_https off\nstorage file_system ${folder}\n}\n${text}`,
    command: (file) => ({ command: 'caddy', args: ['run', '--config', file, '--adapter', 'caddyfile'] }),
  },
  varnish: {
    fence: 'vcl',
    file: 'default.vcl',
    around: (text) => text,
    command: (file, folder, listen) => ({
      command: 'varnishd',
      args: [
        '-F',
        '-j',
        'none',
        '-a',
        `127.0.0.1:${listen}`,
        '-f',
        file,
        '-n',
        join(folder, 'run'),
        '-s',
        'malloc,32m',
      ],
    }),
  },
  squid: {
    fence: 'squid',
    file: 'squid.conf',
    around: (text, folder) =>
      `${text}\npid_filename ${folder}/squid.pid\ncache_log ${folder}/cache.log\naccess_log none\nshutdown_lifetime 0 seconds\n`,
    command: (file) => ({ command: 'squid', args: ['-N', '-f', file] }),
  },
} satisfies Readonly<Record<string, Kind>>
export type ProxyName = keyof typeof kinds
export const proxyNames = Object.keys(kinds) as ProxyName[]

/** Starts it for one test in front of the server on this port, with a change in its text, and resolves with its address. */
export async function startProxy(name: ProxyName, server: number, plant: (text: string) => string): Promise<string> {
  const { fence, file, around, command }: Kind = kinds[name]
  const listen = await freePort()
  const [text = ''] = await documented(fence, { listen, server })
  const planted = plant(text)
  const folder = await mkdtemp(join(tmpdir(), `dovetail-${name}-`))
  // Some of them write there as a user of their own.
  await chmod(folder, 0o777)
  const path = join(folder, file)
  await writeFile(path, around(planted, folder))
  const running = await ServiceProcess.start({
    name,
    ...command(path, folder, listen),
    env: { PATH: `${process.env.PATH}:/usr/sbin`, HOME: folder },
    port: listen,
  })
  onTestFinished(async () => {
    await running.stop('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })
  return `http://127.0.0.1:${listen}`
}
