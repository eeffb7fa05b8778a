import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { choose } from './choices.ts'
import { templateNames } from './templates.ts'
import { packageName, writeProject } from './write-project.ts'

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'create-dovetail-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('flags answer every question', async () => {
  expect(await choose(['shop', '--template', 'backend', '--no-install'], null)).toEqual({
    folder: 'shop',
    template: 'backend',
    install: false,
    packages: null,
  })
  expect(await choose(['--help'], null)).toBe(null)
})

test('what no flag says is asked, by number or by name, and without anybody to ask it is the first', async () => {
  const answers = ['', '5']
  expect(await choose([], async () => answers.shift() ?? '')).toEqual({
    folder: 'my-app',
    template: 'backend',
    install: true,
    packages: null,
  })
  expect(await choose(['a'], async () => 'backend')).toMatchObject({ template: 'backend' })
  expect(await choose(['a'], null)).toMatchObject({ template: 'react' })
})

test('an unknown template, flag or a second folder is one line', async () => {
  await expect(choose(['a', '-t', 'vue'], null)).rejects.toThrow(/^there is no template "vue"; there are react, /)
  await expect(choose(['a', 'b'], null)).rejects.toThrow('one folder, not 2')
  await expect(choose(['--fast'], null)).rejects.toThrow(/--fast/)
})

test.each(templateNames)('the template %s is written whole, with a name and this version', async (template) => {
  const folder = join(await emptyFolder(), 'My Shop!')
  await writeProject(folder, template)
  const files = await readdir(folder)
  expect(files).toEqual(expect.arrayContaining(['.gitignore', 'README.md', 'dovetail.config.ts', 'tsconfig.json']))
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string
    scripts: Record<string, string>
    dependencies: Record<string, string>
  }
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  expect(manifest.name).toBe('my-shop-')
  expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(['dev', 'build', 'start']))
  for (const name of ['dovetail-client', 'dovetail-server']) expect(manifest.dependencies[name]).toBe(version)
})

test('where Node has no SQLite, the project gets the package that has it', async () => {
  for (const [node, has] of [
    ['20.19.0', true],
    ['22.15.1', true],
    ['22.16.0', false],
    ['24.0.0', false],
  ] as const) {
    const folder = join(await emptyFolder(), 'app')
    await writeProject(folder, 'backend', { node })
    const { dependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    expect([node, '@photostructure/sqlite' in dependencies]).toEqual([node, has])
  }
})

test('before a release, our packages come from the tarballs of a folder, and want each other from there too', async () => {
  const packages = await emptyFolder()
  for (const name of ['client', 'protocol', 'server']) await writeFile(join(packages, `dovetail-${name}-1.2.3.tgz`), '')
  await writeFile(join(packages, 'other-1.0.0.tgz'), '')
  const folder = join(packages, 'app')
  expect(await choose(['app', '-t', 'react', '--packages', packages], null)).toMatchObject({ packages })
  await writeProject(folder, 'react', { packages })
  const { dependencies, overrides } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  expect(dependencies).toMatchObject({
    'dovetail-client': 'file:../dovetail-client-1.2.3.tgz',
    'dovetail-server': 'file:../dovetail-server-1.2.3.tgz',
    react: expect.stringMatching(/^\^/),
  })
  expect(overrides).toEqual({
    'dovetail-client': '$dovetail-client',
    'dovetail-protocol': 'file:../dovetail-protocol-1.2.3.tgz',
    'dovetail-server': '$dovetail-server',
  })
})

test('a folder without tarballs is one line, and nothing is written', async () => {
  const folder = await emptyFolder()
  const packages = join(folder, 'packed')
  await expect(writeProject(join(folder, 'app'), 'react', { packages })).rejects.toThrow(
    /packed has no tarballs such as /,
  )
  expect(await readdir(folder)).toEqual([])
})

test('a folder that has files is left as it is', async () => {
  const folder = await emptyFolder()
  await writeFile(join(folder, 'mine.txt'), 'mine')
  await expect(writeProject(folder, 'react')).rejects.toThrow(/is not empty$/)
  expect(await readdir(folder)).toEqual(['mine.txt'])
})

test('a folder’s name becomes a valid name of a package', () => {
  expect(['/a/shop', '/a/.Shop', '/a/ü', '/'].map(packageName)).toEqual(['shop', 'shop', 'my-app', 'my-app'])
})
