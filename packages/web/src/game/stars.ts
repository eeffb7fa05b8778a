import { field, wrappedDistance } from './field.ts'

export interface Star {
  /** Made of its number. The first ship to create the record of this id has the star. */
  id: string
  x: number
  y: number
}

const everyMs = 1500
const livesMs = 12_000
const reach = 34

/** The stars at a time (ms since 1970, by the server's clock). Every window computes the same ones; none is sent. */
export function starsAt(now: number): Star[] {
  const newest = Math.floor(now / everyMs)
  const count = livesMs / everyMs
  return Array.from({ length: count }, (_, i) => star(newest - i))
}

function star(number: number): Star {
  return {
    id: `star-${number}`,
    x: 60 + chance(number, 1) * (field.width - 120),
    y: 60 + chance(number, 2) * (field.height - 120),
  }
}

/** A number from 0 to 1 that is the same everywhere (the finaliser of MurmurHash3). */
function chance(number: number, salt: number): number {
  let hash = Math.imul(number ^ (salt * 0x9e3779b9), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000
}

export function touches(star: Star, ship: { x: number; y: number }): boolean {
  return Math.hypot(wrappedDistance(ship.x, star.x, field.width), wrappedDistance(ship.y, star.y, field.height)) < reach
}
