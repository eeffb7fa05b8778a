export interface Noise {
  readonly busyCores: number
  readonly spinSpread: number
  readonly longestPauseMs: number
}

export function measureNoise(): Promise<Noise>
export function refusal(noise: Noise): string | null
