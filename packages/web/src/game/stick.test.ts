import { expect, test } from 'vitest'
import { knobPlace, stickControls } from './stick.ts'

test('a stick that is pushed flies where it points; one at rest says nothing', () => {
  expect(stickControls({ x: 5, y: -3 }, 50)).toBeNull()
  expect(stickControls({ x: 40, y: 0 }, 50)).toEqual({ heading: 0, thrust: true })
  expect(stickControls({ x: 0, y: -200 }, 50)).toEqual({ heading: -Math.PI / 2, thrust: true })
})

test('the knob follows the thumb and stays inside', () => {
  expect(knobPlace({ x: 30, y: -40 }, 50)).toEqual({ x: 30, y: -40 })
  expect(knobPlace({ x: 60, y: -80 }, 50)).toEqual({ x: 30, y: -40 })
})
