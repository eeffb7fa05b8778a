import { setTimeout as pause } from 'node:timers/promises'
import { Command } from 'commander'
import { signToken } from 'dovetail-server'
import { feedPrices } from '../demo/feed-prices.ts'
import { RandomWalk } from '../demo/random-walk.ts'
import { watchDemand } from '../demo/watch-demand.ts'
import { CommandFailure } from '../failures/command-failure.ts'
import { UsageFailure } from '../failures/usage-failure.ts'
import { addOptions, flagsOf } from '../options/add-options.ts'
import { loadDataSecret } from '../options/data-secret.ts'
import { resolveOptions } from '../options/resolve-options.ts'
import { addServerOptions, serverUrl } from '../options/server-options.ts'
import { stopOnSignal } from '../terminal/stop-on-signal.ts'
import type { Terminal } from '../terminal/terminal.ts'

const maxRate = 20_000
const tokenSeconds = 24 * 3600

export function demoCommand(terminal: Terminal): Command {
  return new Command('demo')
    .description('feed the pages of the web app')
    .action(() => {
      throw new UsageFailure('which demo? There is one: dovetail demo prices')
    })
    .addCommand(pricesCommand(terminal))
}

/** `dovetail demo prices`: publishes quotes to the prices page while it has readers. */
function pricesCommand(terminal: Terminal): Command {
  const prices = new Command('prices')
    .description('feed a random walk of 40 instruments into prices:demo and ticks:demo, while anybody reads')
    .option('--rate <number>', 'quotes a second', '200')
    .option('--always', 'feed even where nobody reads')
  addServerOptions(prices)
  addOptions(prices, ['data', 'secret'])
  prices.action(async () => {
    const { rate: rateText, always } = prices.opts<{ rate: string; always?: true }>()
    const rate = readRate(rateText)
    const url = serverUrl(prices, terminal.environment)
    const { values, secret } = await resolveOptions(flagsOf(prices), terminal.environment)
    const channels = ['prices:demo', 'ticks:demo']
    const token = serviceTokens(secret ?? (await loadDataSecret(values.data ?? './data')))
    const report = (line: string): void => terminal.stderr(`dovetail: ${line}\n`)
    let refused = (_why: string): void => {}
    const refusal = new Promise<never>((_resolve, reject) => {
      refused = (why) => reject(new CommandFailure(`refused: ${why}`))
    })
    const demand = watchDemand({ url, token, channels, report: report, onRefused: refused })
    let isStopped = false
    const stop = async (): Promise<void> => {
      isStopped = true
      demand.close()
      await feeding
    }
    const feeding = feedPrices({
      url,
      token,
      channels,
      minuteChannel: 'prices:demo-minute',
      walk: new RandomWalk(Math.random),
      rate,
      isWanted: () => always === true || demand.isWanted(),
      fetch,
      now: () => performance.now(),
      clock: Date.now,
      pause,
      isStopped: () => isStopped,
      report: report,
    })
    terminal.stdout(`feeding ${channels.join(' and ')} at ${url}\n`)
    const signalled = stopOnSignal({ signals: terminal.signals, stop, withinMs: 5000, exit: terminal.exit })
    await Promise.race([signalled, refusal]).finally(stop)
  })
  return prices
}

/** Returns a token that is valid for at least an hour, and renews it, since the command may run for weeks. */
function serviceTokens(secret: string): () => Promise<string> {
  let token: Promise<string> | null = null
  let renewAt = 0
  return () => {
    if (token !== null && Date.now() < renewAt) return token
    renewAt = Date.now() + (tokenSeconds - 3600) * 1000
    token = signToken({ secret, user: 'prices-feeder', role: 'service', ttlSeconds: tokenSeconds })
    return token
  }
}

function readRate(text: string): number {
  const rate = Number(text)
  if (rate > 0 && rate <= maxRate) return rate
  throw new UsageFailure(`--rate: "${text}" is no number above 0 and up to ${maxRate}`)
}
