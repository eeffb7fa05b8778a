const key = 'dovetail.score'

export function readScore(): number {
  const score = Number(localStorage.getItem(key))
  return Number.isSafeInteger(score) && score > 0 ? score : 0
}

export function saveScore(score: number): void {
  try {
    localStorage.setItem(key, String(score))
  } catch {
    // Without storage the score ends with the page.
  }
}
