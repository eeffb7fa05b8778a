import { expect, test } from 'vitest'
import { type CheckResult, runCheck } from './run-check.ts'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
}

function check(manifests: readonly Manifest[], image = '1.2.3'): Promise<CheckResult> {
  const files = manifests.map((manifest) => [`packages/${manifest.name}/package.json`, JSON.stringify(manifest)])
  return runCheck('check-versions.mjs', {
    files: {
      'package.json': '{"version":"1.2.3"}',
      'deploy/kubernetes/dovetail.yaml': `image: dovetail:${image}\n`,
      ...Object.fromEntries(files),
    },
  })
}

const server = { name: 'our-server', version: '1.2.3', dependencies: { other: '9.0.0' } }

test('packages, their wants of each other and the image that have the version of the root pass', async () => {
  const client = { name: 'our-client', version: '1.2.3', dependencies: { 'our-server': '1.2.3' } }
  expect(await check([server, client])).toEqual({ red: false, lines: [] })
})

test('a package, a want or an image of another version fails the check, and is named', async () => {
  const client = { name: 'our-client', version: '1.2.4', dependencies: { 'our-server': '1.2.2' } }
  expect(await check([server, client], '1.0.0')).toEqual({
    red: true,
    lines: [
      'our-client is 1.2.4',
      'our-client wants our-server 1.2.2',
      'deploy/kubernetes/dovetail.yaml has the image 1.0.0',
      '3 versions are not 1.2.3',
    ],
  })
})
