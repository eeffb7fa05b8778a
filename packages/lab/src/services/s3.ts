/** A server of the S3 protocol of our own (S3Proxy), which keeps everything in memory. It checks what clients sign. */
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { controlService, type ServiceControl } from './breakable.ts'
import { freePort } from './free-port.ts'
import { mavenJars } from './maven-jars.ts'
import { ServiceProcess } from './service-process.ts'

export interface S3Service extends ServiceControl {
  /** `http://host:port`. There is no bucket yet: `PUT /bucket` makes one. */
  readonly endpoint: string
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

export async function startS3(): Promise<S3Service> {
  const jars = await mavenJars({ name: 's3proxy', group: 'org.gaul', artifact: 's3proxy', version: '2.6.0' })
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-s3-'))
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const keys = { accessKeyId: 'test-key', secretAccessKey: 'test-secret' }
  const path = join(folder, 's3proxy.conf')
  await writeFile(path, propertyLines(endpoint, keys))
  await writeFile(join(folder, 'logback.xml'), quiet)
  const java = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  const logging = `-Dlogback.configurationFile=${join(folder, 'logback.xml')}`
  const args = [...java, logging, '-cp', join(jars, '*'), 'org.gaul.s3proxy.Main', '--properties', path]
  const start = () => ServiceProcess.start({ name: 's3proxy', command: 'java', args, port, cwd: folder })
  return Object.assign(await controlService(folder, start), { endpoint, keys })
}

const quiet = '<configuration><root level="OFF"/></configuration>\n'

function propertyLines(endpoint: string, { accessKeyId, secretAccessKey }: S3Service['keys']): string {
  const properties = {
    's3proxy.authorization': 'aws-v2-or-v4',
    's3proxy.endpoint': endpoint,
    's3proxy.identity': accessKeyId,
    's3proxy.credential': secretAccessKey,
    's3proxy.cors-allow-all': 'true',
    'jclouds.provider': 'transient-nio2',
    'jclouds.identity': 'unused',
    'jclouds.credential': 'unused',
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
