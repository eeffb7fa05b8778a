/** Why a connection could not be made, in words for one line. */

/** The codes of OpenSSL and of Node which say that a certificate is not trusted. */
const certificateCode =
  /^(CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)/

/** Shows why the certificate of an address is not trusted; `null`: it is not that. Looks through the causes of `error`. */
export function describeUntrustedCertificate(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const { code, message } = { code: undefined, ...error, message: error.message }
  if (typeof code === 'string' && certificateCode.test(code))
    return `its certificate is not trusted (${message}); NODE_EXTRA_CA_CERTS can name a file of those to trust`
  return describeUntrustedCertificate(error.cause)
}

export function describeConnectionError(error: unknown): string {
  const words = describeUntrustedCertificate(error)
  if (words !== null) return words
  if (!(error instanceof Error)) return String(error)
  // For a name with several addresses, Node gives an error for each of them and one without a message for all.
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(describeConnectionError).join('; ')
  return error.message
}
