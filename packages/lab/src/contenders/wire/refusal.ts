/** Why a connection could not be made, in words for one line. */

/** Of OpenSSL and of Node, as far as they say that a certificate is not to be believed. */
const certificateCode =
  /^(CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)/

/** Shows why the certificate of an address is not trusted; `null`: it is not that. Looks through the causes of `error`. */
export function untrusted(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const { code, message } = { code: undefined, ...error, message: error.message }
  if (typeof code === 'string' && certificateCode.test(code))
    return `its certificate is not trusted (${message}); NODE_EXTRA_CA_CERTS can name a file of those to trust`
  return untrusted(error.cause)
}

export function refusalWords(error: unknown): string {
  const words = untrusted(error)
  if (words !== null) return words
  if (!(error instanceof Error)) return String(error)
  // Of a name with several addresses Node tells each by itself, and nothing in sum.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(refusalWords).join('; ')
  return error.message
}
