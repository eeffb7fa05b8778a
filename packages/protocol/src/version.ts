/**
 * The number of the wire. History:
 *   1  the first: hello, subscribe, write, changes, signal, presence, control.
 * `version.test.ts` pins the schemas' hash to it, so the wire can't change by accident.
 */
export const VERSION = 1
export const SUBPROTOCOL = 'dovetail.v1'
