const key = 'dovetail.score'

export function keptScore(): number {
  const score = Number(localStorage.getItem(key))
  return Number.isSafeInteger(score) && score > 0 ? score : 0
}

export function keepScore(score: number): void {
  try {
    localStorage.setItem(key, String(score))
  } catch {
    // Without storage the score ends with the page.
  }
}
