/**
 * Moves `Date` by `shiftMs` milliseconds, and leaves timers and `performance.now()` as they are. Pages of the browser
 * tests run it as text, so it uses nothing from around it.
 * @param {number} shiftMs
 */
export function shiftClock(shiftMs) {
  const MachineDate = globalThis.Date
  const now = () => MachineDate.now() + shiftMs
  const ShiftedDate = new Proxy(MachineDate, {
    apply: () => new MachineDate(now()).toString(),
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  })
  MachineDate.prototype.constructor = ShiftedDate
  globalThis.Date = ShiftedDate
}
