/** How often a node has sent changes to its readers since its start, from its metrics. */
export async function readFlushCount(port: number, token: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  const count = /^dovetail_flushes_total (\d+)/m.exec(await response.text())?.[1]
  if (count === undefined) throw new Error(`the metrics tell no flushes (${response.status})`)
  return Number(count)
}
