/**
 * The keys of an outside issuer: a JWKS (RFC 7517) from a file or a URL. RS256, ES256 and EdDSA
 * only; a key is looked up by `kid`, never taken from the token.
 */
import { readFile, stat } from 'node:fs/promises'
import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { Failure } from '../core/failure.ts'

export const keySetAlgorithms = ['RS256', 'ES256', 'EdDSA']

/** A file that has changed is read again, but not more often than this. */
const rereadMs = 10_000

/** `source`: a URL over http(s), or a path. Fails at once where a file is missing or is no JWKS. */
export async function openKeySet(source: string): Promise<JWTVerifyGetKey> {
  const isUrl = /^https?:\/\//i.test(source)
  const find = isUrl ? createRemoteJWKSet(new URL(source), { timeoutDuration: 5000 }) : await openKeyFile(source)
  return async (header, token) => {
    try {
      return await find(header, token)
    } catch (error) {
      if (isOfToken(error)) throw error
      throw new Failure('store_unavailable', 'The keys that tokens are checked by can not be read now.', {
        retryAfter: retrySeconds,
        cause: error,
      })
    }
  }
}

/** How soon a token is worth another try where the keys could not be read. */
const retrySeconds = 5

/** The keys are there, and none fits the token. */
function isOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  )
}

async function openKeyFile(path: string): Promise<JWTVerifyGetKey> {
  let { modifiedAt, find } = await readKeyFile(path)
  let lookedAt = performance.now()
  return async (header, token) => {
    try {
      return await find(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || performance.now() - lookedAt < rereadMs) throw error
      lookedAt = performance.now()
      if ((await stat(path)).mtimeMs === modifiedAt) throw error
      const fresh = await readKeyFile(path)
      modifiedAt = fresh.modifiedAt
      find = fresh.find
      return find(header, token)
    }
  }
}

async function readKeyFile(path: string): Promise<{ modifiedAt: number; find: JWTVerifyGetKey }> {
  const { mtimeMs } = await stat(path)
  return { modifiedAt: mtimeMs, find: createLocalJWKSet(JSON.parse(await readFile(path, 'utf8')) as JSONWebKeySet) }
}
