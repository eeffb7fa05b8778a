import type { Scene } from './arena.ts'
import { field, imagesOf, inside, type ShipState } from './field.ts'
import { shownX, type View } from './view.ts'

export interface Brush {
  context: CanvasRenderingContext2D
  /** The colours of the page, read when the game starts. */
  colours: { ground: string; grid: string; star: string; own: string; other: string; flame: string; text: string }
  nameOf: (user: string) => string
  /** Scales ships, stars and names relative to the field, so that they are large enough on a phone. */
  zoom: number
  /** Scales names beyond that, so that they can be read. */
  textZoom: number
  /** CSS pixels per unit of the field. */
  pixelsPerUnit: number
  view: View
}

const grid = 100
const font = '500 16px "Inter Variable", system-ui, sans-serif'

/** Draws the part of the field that the view shows, scaled to the canvas. */
export function drawScene(brush: Brush, { own, others, stars }: Scene): void {
  const { context, colours, view } = brush
  const { width, height } = context.canvas
  const across = (x: number) => shownX(view, x, own.x)
  context.setTransform(width / view.width, 0, 0, height / field.height, 0, 0)
  context.fillStyle = colours.ground
  context.fillRect(0, 0, view.width, field.height)
  drawGrid(brush, across)
  for (const { x, y } of stars) drawStar(brush, across(x), y)
  for (const { user, ship } of others) drawPilot(brush, across, ship, colours.other, brush.nameOf(user))
  drawPilot(brush, across, own, colours.own, 'You')
}

/** From a position across the field to one across the view. */
type Across = (x: number) => number

function drawGrid({ context, colours, view }: Brush, across: Across): void {
  context.strokeStyle = colours.grid
  context.lineWidth = 1
  context.beginPath()
  for (let x = view.follows ? 0 : grid; x < field.width; x += grid) {
    context.moveTo(across(x), 0)
    context.lineTo(across(x), field.height)
  }
  for (let y = grid; y < field.height; y += grid) {
    context.moveTo(0, y)
    context.lineTo(view.width, y)
  }
  context.stroke()
}

function drawStar({ context, colours, zoom }: Brush, x: number, y: number): void {
  context.fillStyle = colours.star
  context.beginPath()
  for (let point = 0; point < 10; point++) {
    const radius = (point % 2 === 0 ? 16 : 7) * zoom
    const angle = (point * Math.PI) / 5 - Math.PI / 2
    context.lineTo(x + Math.cos(angle) * radius, y + Math.sin(angle) * radius)
  }
  context.fill()
}

const shipReach = 32 // from its middle to the end of its flame
const nameAbove = 28
const nameHeight = 16
const nameMargin = 6

function drawPilot(brush: Brush, across: Across, ship: ShipState, colour: string, name: string): void {
  for (const { x, y } of imagesOf(ship, shipReach * brush.zoom)) drawShip(brush, { ...ship, x: across(x), y }, colour)
  const x = across(ship.x)
  if (x > -shipReach && x < brush.view.width + shipReach) drawName(brush, { ...ship, x }, `${name} · ${ship.score}`)
}

/** Above the ship, below it where there is no space, and never past an edge. */
function drawName({ context, colours, zoom, textZoom, view }: Brush, ship: ShipState, text: string): void {
  context.save()
  context.font = font
  const reach = (context.measureText(text).width / 2 + nameMargin) * textZoom
  const over = ship.y - nameAbove * zoom
  const height = nameHeight * textZoom
  const y = over < height + nameMargin * zoom ? ship.y + nameAbove * zoom + height : over
  const position = inside({ x: ship.x, y }, view.width, reach, nameMargin * zoom)
  context.translate(position.x, position.y)
  context.scale(textZoom, textZoom)
  context.fillStyle = colours.text
  context.textAlign = 'center'
  context.fillText(text, 0, 0)
  context.restore()
}

function drawShip({ context, colours, zoom }: Brush, ship: ShipState, colour: string): void {
  context.save()
  context.translate(ship.x, ship.y)
  context.scale(zoom, zoom)
  context.rotate(ship.angle)
  if (ship.thrust) {
    context.fillStyle = colours.flame
    context.beginPath()
    context.moveTo(-12, -7)
    context.lineTo(-30, 0)
    context.lineTo(-12, 7)
    context.fill()
  }
  context.fillStyle = colour
  context.beginPath()
  context.moveTo(22, 0)
  context.lineTo(-14, -13)
  context.lineTo(-8, 0)
  context.lineTo(-14, 13)
  context.closePath()
  context.fill()
  context.restore()
}
