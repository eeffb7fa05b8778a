import { createHmac } from 'node:crypto'

/** A backend's token, which no rate limits: HS256 with the server's secret, good for an hour. */
export function serviceToken(secret: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 3600
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'bench', role: 'service', exp })}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}
