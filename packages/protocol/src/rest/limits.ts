/** The reply of the route for limits. */
import Type from 'typebox'
import { limitTable } from '../rules/limits.ts'

/** The value of each limit by its name; the name says the unit. */
export const LimitValues = Type.Object(
  Object.fromEntries(
    Object.entries(limitTable).map(([name, { min, max, about }]) => [
      name,
      Type.Number({ minimum: min, maximum: max, description: about }),
    ]),
  ),
)
