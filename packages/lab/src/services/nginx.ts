/** An nginx of our own in front of some servers: round-robin, or by a hash of the client's address. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { ServiceProcess } from './service-process.ts'
import type { TlsIdentity } from './tls-identity.ts'

export interface NginxOptions {
  /** The ports of the servers behind it, on this machine. */
  readonly ports: readonly number[]
  /** Default: any free one. */
  readonly port?: number
  /** `address`: a client's requests go to one server while it lives. Default: each to the next. */
  readonly sticky?: 'address'
  /** It ends TLS, and speaks HTTP/2 with who asks for it. Default: plain HTTP. */
  readonly tls?: TlsIdentity
  /** One answer serves all who ask the same for so long, whatever its headers say. Default: none is kept. */
  readonly cacheSeconds?: number
}

export interface Nginx {
  readonly port: number
  readonly pid: number
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

export async function startNginx(options: NginxOptions): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-nginx-'))
  // Started by root, its workers are nobody, and have to get to what lies in the folder.
  await chmod(folder, 0o711)
  const port = options.port ?? (await freePort())
  const file = join(folder, 'nginx.conf')
  await writeFile(file, nginxConfig({ ...options, port, folder }))
  if (options.tls !== undefined) {
    await writeFile(join(folder, 'cert.pem'), options.tls.cert)
    await writeFile(join(folder, 'key.pem'), options.tls.key, { mode: 0o600 })
  }
  const running = await ServiceProcess.start({
    name: 'nginx',
    command: 'nginx',
    args: ['-p', folder, '-c', file, '-e', join(folder, 'error.log'), '-g', 'daemon off;'],
    // Debian keeps it where only root looks.
    env: { PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` },
    port,
  })
  return {
    port,
    pid: running.pid,
    stop: async () => {
      await running.stop('SIGTERM')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

interface ConfigOptions extends NginxOptions {
  readonly port: number
  readonly folder: string
}

export function nginxConfig({ ports, port, folder, sticky, tls, cacheSeconds }: ConfigOptions): string {
  const servers = ports.map((each) => `    server 127.0.0.1:${each} max_fails=1 fail_timeout=1s;`).join('\n')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${folder}/${name};`)
    .join('\n')
  return `worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 4096; }
http {
  access_log off;
${temporary}
${cacheSeconds === undefined ? '' : `  proxy_cache_path ${folder}/cache keys_zone=answers:10m use_temp_path=off;\n`}  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream dovetail {
${sticky === 'address' ? '    ip_hash;\n' : ''}${servers}
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${port}${tls === undefined ? '' : ' ssl http2'};
${tls === undefined ? '' : `    ssl_certificate ${folder}/cert.pem;\n    ssl_certificate_key ${folder}/key.pem;\n`}    client_max_body_size 11m;
    location / {
      proxy_pass http://dovetail;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_connect_timeout 2s;
      proxy_read_timeout 75s;
${cacheSeconds === undefined ? '' : cacheRules(cacheSeconds)}    }
  }
}
`
}

/** What one user asks with a token is nobody else's. While one asks the server, the others wait for its answer. */
function cacheRules(seconds: number): string {
  return `      proxy_cache answers;
      proxy_cache_key $request_uri;
      proxy_cache_valid 200 ${seconds}s;
      proxy_cache_lock on;
      proxy_cache_use_stale updating;
      proxy_cache_bypass $http_authorization;
      proxy_no_cache $http_authorization;
      proxy_ignore_headers Cache-Control Expires Vary;
`
}
