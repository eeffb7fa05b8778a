import { errors } from 'jose'
import { describe, expect, test } from 'vitest'
import { HandClock } from '../core/simulation/hand-clock.fixture.ts'
import { KeySet } from './key-set.ts'
import { keySourceOf } from './key-source.ts'

/** An Ed25519 public key (RFC 8037, appendix A.2). */
const publicKey = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }

function jwks(...kids: readonly string[]): string {
  return JSON.stringify({ keys: kids.map((kid) => ({ ...publicKey, kid })) })
}

/** A key set by a URL whose answers the test sets, and the ways to ask it. */
async function world() {
  const clock = new HandClock()
  const issuer = { text: jwks('a'), reads: 0, isDown: false }
  const withdrawals: number[] = []
  const read = async () => {
    issuer.reads++
    if (issuer.isDown) throw new Error('connection refused')
    return issuer.text
  }
  const keySet = await KeySet.open({ source: { kind: 'url', read }, clock, report: () => {} })
  keySet.onWithdrawal(() => withdrawals.push(clock.monotonic()))
  const find = (kid: string) => keySet.find({ alg: 'EdDSA', kid }, { payload: '', signature: '' })
  /** `in`, `no such key`, or after how many seconds to ask again. */
  const verdict = async (kid: string) => {
    try {
      await find(kid)
      return 'in'
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return 'no such key'
      return (error as { extras: { retryAfter: number } }).extras.retryAfter
    }
  }
  return { clock, issuer, keySet, find, verdict, withdrawals }
}

describe('a rotation of keys', () => {
  test('[TOK14, N22] a new key within the cool-down is not known yet, and is in after the time told', async () => {
    const { clock, issuer, verdict } = await world()
    expect(await verdict('a')).toBe('in')
    await clock.pass(5000)
    issuer.text = jwks('b')
    expect(await verdict('b')).toBe(5)
    await clock.pass(5000)
    expect(await verdict('b')).toBe('in')
    expect(issuer.reads).toBe(2)
  })

  test('[TOK14, N22] made-up keys neither keep a new key out nor have the issuer asked more often', async () => {
    const { clock, issuer, verdict } = await world()
    expect(await verdict('a')).toBe('in')
    issuer.text = jwks('a', 'b')
    let waited = 0
    for (; (await verdict('b')) !== 'in'; waited++) {
      for (let one = 0; one < 20; one++) await verdict(`made-up-${waited}-${one}`)
      await clock.pass(1000)
    }
    expect(waited).toBeLessThanOrEqual(10)
    expect(issuer.reads).toBe(2)
  })

  test('[TOK14] a key that was asked for and is not there is refused at once', async () => {
    const { clock, issuer, verdict } = await world()
    expect(await verdict('x')).toBe('no such key')
    expect(await verdict('x')).toBe('no such key')
    expect(await verdict('y')).toBe(10)
    await clock.pass(10_000)
    expect(await verdict('y')).toBe('no such key')
    expect(issuer.reads).toBe(2)
  })

  test('[TOK15, N21] a withdrawn key counts no more a minute later, without being asked for', async () => {
    const { clock, issuer, keySet, find, verdict, withdrawals } = await world()
    issuer.text = jwks('a', 'b')
    const [{ signer: a }, { signer: b }] = [await find('a'), await find('b')]
    issuer.text = jwks('b')
    await clock.pass(59_000)
    expect([keySet.isCurrent(a), withdrawals.length]).toEqual([true, 0])
    await clock.pass(1000)
    expect([keySet.isCurrent(a), keySet.isCurrent(b), withdrawals.length]).toEqual([false, true, 1])
    expect([await verdict('a'), await verdict('b')]).toEqual(['no such key', 'in'])
    keySet.stop()
    expect(clock.pending).toBe(0)
  })

  test('[TOK15] a key that stands under the name of another is another key', async () => {
    const { clock, issuer, keySet, find } = await world()
    const { signer } = await find('a')
    issuer.text = jwks('a').replace('11qY', '11qZ')
    await clock.pass(60_000)
    expect(keySet.isCurrent(signer)).toBe(false)
  })

  test('[TOK15] while the issuer does not answer, its last keys count for an hour', async () => {
    const { clock, issuer, verdict } = await world()
    expect(await verdict('a')).toBe('in')
    issuer.isDown = true
    await clock.pass(3_599_000)
    expect(await verdict('a')).toBe('in')
    await clock.pass(1000)
    expect(await verdict('a')).toBe(5)
    issuer.isDown = false
    expect(await verdict('a')).toBe('in')
  })
})

describe('where keys come from', () => {
  test('[TOK16] plain http is refused, except of this machine or where it is allowed', () => {
    expect(() => keySourceOf('http://issuer.example/keys', false)).toThrow(/is not https/)
    expect(keySourceOf('http://issuer.example/keys', true).kind).toBe('url')
    for (const url of ['https://issuer.example/keys', 'http://127.0.0.1:1/', 'http://[::1]/', 'http://localhost/'])
      expect(keySourceOf(url, false).kind).toBe('url')
    expect(() => keySourceOf('http://127.0.0.1.evil.example/', false)).toThrow(/is not https/)
  })
})
