/**
 * The pages run their own scripts only, and talk to this server only. An image of another host would tell that host who
 * looks at a page, and when. The bucket that keeps the files is no other host, where pages go there themselves.
 */
export function contentSecurityPolicyWith(filesOrigin: string | null): string {
  const files = filesOrigin === null ? '' : ` ${filesOrigin}`
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data:${files}`,
    "font-src 'self' data:",
    `connect-src 'self' ws: wss:${files}`,
    "object-src 'none'",
    "base-uri 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Of pages that show no files. */
export const contentSecurityPolicy = contentSecurityPolicyWith(null)
