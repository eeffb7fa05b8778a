/** Which proxy answers, as far as it says so itself. */
export const proxyNames = {
  nginx: 'nginx',
  haproxy: 'HAProxy',
  apache: 'Apache',
  caddy: 'Caddy',
  varnish: 'Varnish',
  squid: 'squid',
} as const
export type ProxyKind = keyof typeof proxyNames

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** `null`: none of these names itself. HAProxy never does. */
export function proxyKindOf(headers: Headers): ProxyKind | null {
  const said = [headers.via, headers.server].flat().join(' ').toLowerCase()
  if (headers['x-varnish'] !== undefined || said.includes('varnish')) return 'varnish'
  for (const kind of ['squid', 'caddy', 'nginx', 'apache'] as const) if (said.includes(kind)) return kind
  return null
}
