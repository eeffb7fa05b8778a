/** An nginx of our own in front of some servers: round-robin, or by a hash of the client's address. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { ServiceProcess } from './service-process.ts'

export interface NginxOptions {
  /** The ports of the servers behind it, on this machine. */
  readonly ports: readonly number[]
  /** Default: any free one. */
  readonly port?: number
  /** `address`: a client's requests go to one server while it lives. Default: each to the next. */
  readonly sticky?: 'address'
}

export interface Nginx {
  readonly port: number
  readonly pid: number
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

export async function startNginx(options: NginxOptions): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-nginx-'))
  const port = options.port ?? (await freePort())
  const file = join(folder, 'nginx.conf')
  await writeFile(file, nginxConfig({ ...options, port, folder }))
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

export function nginxConfig({ ports, port, folder, sticky }: ConfigOptions): string {
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
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream dovetail {
${sticky === 'address' ? '    ip_hash;\n' : ''}${servers}
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${port};
    client_max_body_size 2m;
    location / {
      proxy_pass http://dovetail;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_connect_timeout 2s;
      proxy_read_timeout 75s;
    }
  }
}
`
}
