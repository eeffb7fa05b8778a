/**
 * The version of the protocol. History:
 *   1  the first: hello, subscribe, write, changes, signal, presence, control.
 * `version.test.ts` compares the hash of all schemas, so that the protocol does not change by accident.
 */
export const VERSION = 1
export const SUBPROTOCOL = 'dovetail.v1'
