/** The jars of a program, fetched once by Maven into a cache that no commit has. */
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'

export interface Artifact {
  readonly group: string
  readonly artifact: string
  readonly version: string
  /** What its folder in the cache is called, in front of the version. */
  readonly name: string
}

/** The folder of the jars, those that the program needs included. `cache` is made where there is none. */
export async function mavenJars(
  artifact: Artifact,
  cache = join(process.cwd(), 'node_modules', '.cache', 'dovetail'),
): Promise<string> {
  const jars = join(cache, `${artifact.name}-${artifact.version}`)
  if (await isThere(jars)) return jars
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'fetching-'))
  try {
    await writeFile(join(folder, 'pom.xml'), pomOf(artifact))
    const lib = join(folder, 'lib')
    const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${lib}`]
    await runProgram('mvn', ['-q', '-f', join(folder, 'pom.xml'), ...copy], null)
    // Whole or not at all: somebody else may be fetching too.
    await rename(lib, jars).catch(async (error: unknown) => {
      if (!(await isThere(jars))) throw error
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return jars
}

function pomOf({ group, artifact, version, name }: Artifact): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dev.dovetail</groupId><artifactId>${name}-jars</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>
  </dependency></dependencies>
</project>
`
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
