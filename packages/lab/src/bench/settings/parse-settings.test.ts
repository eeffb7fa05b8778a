import { describe, expect, test } from 'vitest'
import { BenchUsage, helpText, parseBench } from './parse-settings.ts'

describe('the command line of the benchmarks', () => {
  test('parts and options become settings', async () => {
    const parsed = parseBench(['fanout', '--rates', '10,20', '--seconds', '2', '--json', '--node-arg=--cpu-prof'])
    expect(parsed).toMatchObject({ parts: ['fanout'], isJson: true, isHelp: false })
    expect(await parsed.settings()).toMatchObject({
      ...{ seconds: 2, fanOutRates: [10, 20], peerRates: [10, 20], readers: 500, rounds: 3, before: null },
      ...{ nodeArgs: ['--cpu-prof'], serverRuntime: null },
    })
  })

  test.each([
    [['--fast'], "Unknown option '--fast'; --help says what there is"],
    [['--seconds'], "Option '--seconds <value>' argument missing; --help says what there is"],
    [['--seconds', 'ten'], '--seconds: "ten" is no number above 0'],
    [['--rates', '100,,300'], '--rates: "" is no number above 0'],
    [['--rounds', '0'], '--rounds: "0" is no number above 0'],
  ])('%j is refused in one line', (args, line) => {
    expect(() => parseBench(args)).toThrow(new BenchUsage(line))
  })

  test('the help names each part, those that run only by name apart, and each option', () => {
    const text = helpText({ fanout: 'what a delivery costs', growth: 'how cost grows' }, ['growth'])
    for (const line of [
      /^ {2}fanout +what a delivery costs$/m,
      /^ {2}growth +how cost grows$/m,
      /--seconds N +how long/,
    ])
      expect(text).toMatch(line)
    expect(text.indexOf('fanout')).toBeLessThan(text.indexOf('where they are named'))
    expect(text.indexOf('  growth')).toBeGreaterThan(text.indexOf('where they are named'))
    expect(text).not.toContain('server-core')
  })
})
