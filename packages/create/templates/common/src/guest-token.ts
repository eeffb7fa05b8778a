/** A guest's token, one for each tab. Give your users' own in its place: docs/embedding.md of Dovetail tells how. */
export async function guestToken(url: string): Promise<string> {
  const kept = sessionStorage.getItem('token')
  if (kept !== null) return kept
  const answer = await fetch(`${url}/v1/guests`, { method: 'POST' })
  const { token } = (await answer.json()) as { token: string }
  sessionStorage.setItem('token', token)
  return token
}
