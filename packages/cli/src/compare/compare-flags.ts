/** The flags of `dovetail compare`, not parsed yet. */
export interface CompareFlags {
  readonly quick?: true
  readonly workload: string
  readonly contender?: readonly string[]
  readonly idleClients?: string
  readonly front?: readonly string[]
  readonly only?: readonly string[]
  readonly clients?: string
  readonly duration?: string
  readonly seed: string
  readonly within: string
  readonly repeat?: string
  readonly url?: string
  readonly price?: string
  readonly http?: string
  readonly items: string
  readonly every: string
  readonly ws?: string
  readonly stamp?: string
  readonly send?: readonly string[]
  readonly report?: string
  readonly json?: true
}
