/** How a service of ours proves who it is over TLS: PEM texts. */
export interface TlsIdentity {
  readonly cert: string
  /** PKCS #8, without a password. */
  readonly key: string
}
