/** nginx as a process of a test. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServiceProcess } from 'dovetail-lab/services'
import { onTestFinished } from 'vitest'

/**
 * Starts nginx for one test, with what Debian's nginx.conf has around the files of conf.d.
 * @param server the text of such a file; `CACHE` in it stands for a folder
 */
export async function startNginx(server: string, listen: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-nginx-'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  const text = `pid ${folder}/nginx.pid; events {} http { access_log off; ${temporary.join(' ')}\n${server}\n}`
  await writeFile(join(folder, 'nginx.conf'), text.replaceAll('CACHE', join(folder, 'cache')))
  const running = await ServiceProcess.start({
    name: 'nginx',
    command: 'nginx',
    args: ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log'), '-g', 'daemon off;'],
    env: { PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` },
    port: listen,
  })
  onTestFinished(async () => {
    await running.stop('SIGTERM')
    await rm(folder, { recursive: true, force: true })
  })
}
