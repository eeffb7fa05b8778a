import { expect, test } from 'vitest'
import { field, imagesOf, inside, type ShipState, wrappedDistance } from './field.ts'
import { type Flight, fly } from './flight.ts'
import { ShipTrack } from './ship-track.ts'
import { starsAt, touches } from './stars.ts'
import { fieldPoint, shownX, viewOf, wholeField } from './view.ts'

const still: Flight = { x: 800, y: 450, vx: 0, vy: 0, angle: 0, thrust: false, score: 0 }

function ship(x: number, y = 450, angle = 0): ShipState {
  return { x, y, angle, thrust: false, score: 0 }
}

test('thrust accelerates a ship along its heading, up to the top speed', () => {
  let flight = still
  for (let i = 0; i < 200; i++) flight = fly(flight, { heading: 0, thrust: true }, 0.05)
  expect(flight.vy).toBeCloseTo(0)
  expect(Math.hypot(flight.vx, flight.vy)).toBeLessThanOrEqual(520)
  expect(flight.vx).toBeGreaterThan(400)
})

test('a ship turns the shorter way round, and slows down without thrust', () => {
  const turned = fly({ ...still, angle: 0.1, vx: 100 }, { heading: 2 * Math.PI - 0.1, thrust: false }, 1)
  expect(wrappedDistance(turned.angle, 2 * Math.PI - 0.1, 2 * Math.PI)).toBeCloseTo(0)
  expect(turned.vx).toBeLessThan(100)
})

test('a ship that leaves the field on one side enters on the other', () => {
  const { x } = fly({ ...still, x: field.width - 1, vx: 100 }, { heading: null, thrust: false }, 0.1)
  expect(x).toBeLessThan(20)
})

test('a ship is interpolated between two known positions, the shorter way over an edge', () => {
  const track = new ShipTrack()
  expect(track.at(0)).toBeNull()
  track.see(ship(field.width - 10), 1000)
  track.see(ship(10), 1050)
  expect(track.at(1025)?.x).toBeCloseTo(0)
  expect(track.at(900)?.x).toBe(field.width - 10)
  expect(track.at(2000)?.x).toBe(10)
})

test('every window computes the same stars, inside the field', () => {
  const stars = starsAt(1_700_000_000_000)
  expect(stars).toEqual(starsAt(1_700_000_000_000))
  expect(new Set(stars.map(({ id }) => id)).size).toBe(8)
  for (const { x, y } of stars) {
    expect(x).toBeGreaterThan(0)
    expect(x).toBeLessThan(field.width)
    expect(y).toBeGreaterThan(0)
    expect(y).toBeLessThan(field.height)
  }
})

test('a ship touches a star that is near, also across an edge', () => {
  const star = { id: 's', x: 5, y: 450 }
  expect(touches(star, ship(field.width - 5))).toBe(true)
  expect(touches(star, ship(200))).toBe(false)
})

test('a ship at an edge is drawn on both sides, in a corner on all four', () => {
  expect(imagesOf({ x: 800, y: 400 }, 30)).toEqual([{ x: 800, y: 400 }])
  expect(imagesOf({ x: 10, y: 400 }, 30)).toEqual([
    { x: 10, y: 400 },
    { x: 10 + field.width, y: 400 },
  ])
  expect(imagesOf({ x: field.width - 1, y: 2 }, 30)).toHaveLength(4)
})

test('a ship’s name stays inside the field', () => {
  expect(inside({ x: 3, y: 400 }, field.width, 50, 10)).toEqual({ x: 50, y: 400 })
  expect(inside({ x: field.width, y: -20 }, field.width, 50, 10)).toEqual({ x: field.width - 50, y: 10 })
})

test('a wide window shows the whole field, a narrow one its height around the own ship', () => {
  expect(viewOf(16 / 9)).toBe(wholeField)
  expect(viewOf(0.8)).toEqual({ width: 720, follows: true })
})

test('in a narrow window the own ship is in the middle, and what is near across an edge is near', () => {
  const view = viewOf(0.8)
  expect(shownX(view, 100, 100)).toBe(360)
  expect(shownX(view, field.width - 50, 100)).toBe(210)
  expect(shownX(wholeField, 100, 700)).toBe(100)
})

test('a finger leads to the position of the field that is drawn under it', () => {
  const view = viewOf(0.8)
  const point = fieldPoint(view, { x: 0.75, y: 0.5 }, 100)
  expect(point).toEqual({ x: 280, y: 450 })
  expect(shownX(view, point.x, 100)).toBe(0.75 * view.width)
  expect(fieldPoint(wholeField, { x: 0.5, y: 1 }, 100)).toEqual({ x: 800, y: 900 })
})
