/** Refusals of one write among several: they name the write at fault. */
import { Failure } from '../rules/failure.ts'

/** A refusal and the write of the unit that it is about. */
export class WriteFailure extends Failure {
  readonly index: number
  constructor(index: number, failure: Failure) {
    super(failure.code, failure.message, failure.extras)
    this.index = index
  }
}

/** Runs a step of the write at `index`; a refusal carries that index. */
export function blaming<Result>(index: number, step: () => Result): Result {
  try {
    return step()
  } catch (error) {
    throw blamed(index, error)
  }
}

export function blamed(index: number, error: unknown): unknown {
  return error instanceof Failure ? new WriteFailure(index, error) : error
}
