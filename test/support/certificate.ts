import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TlsIdentity } from 'dovetail-lab/services'
import { onTestFinished } from 'vitest'

export interface Certificate extends TlsIdentity {
  /** What trusts nobody else has to be given: PEM, as for `NODE_EXTRA_CA_CERTS`. */
  readonly certFile: string
  readonly keyFile: string
}

/** A certificate for this machine only, made by nobody but itself. */
export async function certificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-tls-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  await promisify(execFile)('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', keyFile, '-out', certFile])
  return { certFile, keyFile, key: await readFile(keyFile, 'utf8'), cert: await readFile(certFile, 'utf8') }
}
