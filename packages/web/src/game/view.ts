import { field, type Point, wrappedDistance } from './field.ts'

/** The part of the field that a window shows: all of it, or, where it is too narrow, its full height around the own ship. */
export interface View {
  /** How much of the field is shown across, in its units. */
  readonly width: number
  /** Whether it follows the own ship. */
  readonly follows: boolean
}

export const wholeField: View = { width: field.width, follows: false }

/** @param ratio the window's width by its height; CSS keeps it at the field's own where it is not much narrower */
export function viewOf(ratio: number): View {
  const width = field.height * ratio
  return width > field.width * 0.9 ? wholeField : { width, follows: true }
}

/** Where in the view a position across the field is drawn. The field has no end, so it goes on at both sides. */
export function shownX({ width, follows }: View, x: number, ownX: number): number {
  return follows ? width / 2 + wrappedDistance(ownX, x, field.width) : x
}

/** The position in the field of a point of the window, given in shares of its width and height. */
export function fieldPoint({ width, follows }: View, share: Point, ownX: number): Point {
  const left = follows ? ownX - width / 2 : 0
  return { x: left + share.x * width, y: share.y * field.height }
}
