import { createHmac } from 'node:crypto'

/** A backend's token, which no rate limits: HS256 with the server's secret, good for an hour. */
export function serviceToken(secret: string): string {
  return signedToken(secret, { sub: 'bench', role: 'service' }, 3600)
}

/** A token with these claims, by HS256 with the server's secret. */
export function signedToken(secret: string, claims: object, ttlSeconds: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + ttlSeconds
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, exp })}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}
