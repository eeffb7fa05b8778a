/** Kafka's own jars, fetched once by Maven into a cache that no commit has. */
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'

const version = '4.1.1'

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dev.dovetail</groupId><artifactId>kafka-jars</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${version}</version>
  </dependency></dependencies>
</project>
`

/** The folder of the jars. `cache` is made where there is none. */
export async function kafkaJars(cache = join(process.cwd(), 'node_modules', '.cache', 'dovetail')): Promise<string> {
  const jars = join(cache, `kafka-${version}`)
  if (await isThere(jars)) return jars
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'fetching-'))
  try {
    await writeFile(join(folder, 'pom.xml'), pom)
    const lib = join(folder, 'lib')
    const copy = ['dependency:copy-dependencies', `-DoutputDirectory=${lib}`]
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

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
