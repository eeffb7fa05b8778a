/** A vitest reporter that writes the counts of tests to the file named by DOVETAIL_TEST_COUNTS: {"passed":…,"failed":…}. */
import { writeFileSync } from 'node:fs'

// Vitest takes a reporter from a file's default export only.
// biome-ignore lint/style/noDefaultExport: see above
export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    let passed = 0
    // An error outside of all tests, such as a file that cannot be loaded, counts as one failure.
    let failed = unhandledErrors.length
    for (const module of modules) {
      failed += module.errors().length
      for (const test of module.children.allTests()) {
        if (test.result().state === 'passed') passed += 1
        if (test.result().state === 'failed') failed += 1
      }
      for (const suite of module.children.allSuites()) failed += suite.errors().length
    }
    writeFileSync(process.env.DOVETAIL_TEST_COUNTS, JSON.stringify({ passed, failed }))
  }
}
