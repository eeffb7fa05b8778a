import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../../packages/', import.meta.url))

/** Every regular expression that stands in what a server runs. */
function expressions(): [source: string, where: string][] {
  const found = new Map<string, string>()
  for (const name of ['protocol', 'server']) {
    const files = readdirSync(join(root, name, 'src'), { recursive: true, encoding: 'utf8' })
    for (const file of files.filter((each) => /(?<!\.(test|fixture|contract))\.ts$/.test(each))) {
      const source = ts.createSourceFile(
        file,
        readFileSync(join(root, name, 'src', file), 'utf8'),
        ts.ScriptTarget.Latest,
      )
      const visit = (node: ts.Node): void => {
        if (node.kind === ts.SyntaxKind.RegularExpressionLiteral)
          found.set((node as ts.RegularExpressionLiteral).text, `${name}/src/${file}`)
        if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && node.name.text === 'pattern')
          if (ts.isStringLiteralLike(node.initializer)) found.set(`/${node.initializer.text}/`, `${name}/src/${file}`)
        ts.forEachChild(node, visit)
      }
      visit(source)
    }
  }
  return [...found]
}

function compiled(literal: string): RegExp {
  const end = literal.lastIndexOf('/')
  return new RegExp(literal.slice(1, end), literal.slice(end + 1))
}

/** What patterns stumble over: long runs of what a repetition takes, and pieces that two of them could take. */
const pieces = [
  'a',
  'A',
  '0',
  ' ',
  '\t',
  '_',
  '-',
  '.',
  ':',
  '"',
  "'",
  ',',
  '/',
  '*',
  '%',
  '@',
  '~',
  '+',
  '=',
  '\0',
  '\n',
]
const pairs = [
  'W/',
  'W/"',
  '",',
  'a.',
  ' ,',
  '0.',
  'a:',
  ':0',
  '_ ',
  'a_',
  '[]',
  '{"',
  '\\u',
  'é',
  '中',
  'a\u0301',
  '😀',
]
const beginnings = ['', '"', 'Bearer ', 'W/"', 'http://', 'a', '0']
const length = 100_000
const worst = [...pieces, ...pairs].map((piece) => piece.repeat(Math.ceil(length / piece.length)))

/** All matches, as a server would search for them; a string that fails to match at its end is the costly one. */
function run(expression: RegExp, text: string): void {
  if (expression.global) for (const _match of text.matchAll(expression)) expected.matches += 1
  else expected.matches += expression.test(text) ? 1 : 0
}
const expected = { matches: 0 }

describe('no expression costs the square of what it is given', () => {
  const all = expressions()

  // Nothing is timed: over 100,000 characters a pattern that backtracks takes minutes, and the test's own limit ends it.
  test.each(all)('%s in %s', { timeout: 20_000 }, (literal) => {
    const expression = compiled(literal)
    for (const text of worst) for (const beginning of beginnings) run(expression, `${beginning}${text}\u0001`)
  })

  test('the expressions are found, and match what they are for', () => {
    expect(all.length).toBeGreaterThan(25)
    expect(expected.matches).toBeGreaterThan(1000)
  })
})
