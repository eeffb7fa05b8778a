/**
 * The project's aims for the cost of a delivery. They come from a prototype of the shared frame without a store,
 * measured beside other servers in µs of CPU per delivery to 500 readers on one machine. The aim is the prototype's
 * ratio plus 20 %, with the store on. A limit must be met; an aim is a goal.
 */
const sketch = new Map([
  [100, 7.9],
  [300, 4.1],
  [600, 2.2],
  [1500, 0.9],
])

/** `plain ws` falls behind above 300 a second, so that there is nothing to compare with. */
const others: Readonly<Record<string, ReadonlyMap<number, number>>> = {
  'plain ws': new Map([
    [100, 13],
    [300, 9.6],
  ]),
  centrifugo: new Map([
    [100, 16],
    [300, 6.6],
    [600, 3.4],
    [1500, 1.6],
  ]),
}

const within = 1.2

/** The most that a delivery should cost, as a ratio to another server's; `undefined`: no aim was set. */
export function aimOf(other: string, perSecond: number): number | undefined {
  const ours = sketch.get(perSecond)
  const theirs = others[other]?.get(perSecond)
  return ours === undefined || theirs === undefined ? undefined : (ours / theirs) * within
}
