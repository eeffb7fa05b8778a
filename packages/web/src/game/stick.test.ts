import { expect, test } from 'vitest'
import { knobPosition, stickControls } from './stick.ts'

test('a pushed stick gives heading and thrust, a resting one nothing', () => {
  expect(stickControls({ x: 5, y: -3 }, 50)).toBeNull()
  expect(stickControls({ x: 40, y: 0 }, 50)).toEqual({ heading: 0, thrust: true })
  expect(stickControls({ x: 0, y: -200 }, 50)).toEqual({ heading: -Math.PI / 2, thrust: true })
})

test('the knob of the stick follows the thumb and stays inside the stick', () => {
  expect(knobPosition({ x: 30, y: -40 }, 50)).toEqual({ x: 30, y: -40 })
  expect(knobPosition({ x: 60, y: -80 }, 50)).toEqual({ x: 30, y: -40 })
})
