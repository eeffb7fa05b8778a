import { DovetailError } from '@dovetail/client'
import { useState } from 'react'
import { type FieldProblems, fieldProblems } from './field-problems.ts'

export interface Submission {
  underWay: boolean
  /** What is wrong with single fields, by their name. */
  problems: FieldProblems
  /** What is wrong otherwise. */
  problem: string | null
  submit: () => Promise<void>
}

const nothingWrong: FieldProblems = {}

/** Sends a form: what the server refuses is shown beside the field that it names. */
export function useSubmission(send: () => Promise<unknown>, onDone: () => void): Submission {
  const [underWay, setUnderWay] = useState(false)
  const [problems, setProblems] = useState(nothingWrong)
  const [problem, setProblem] = useState<string | null>(null)

  const submit = async () => {
    setUnderWay(true)
    setProblem(null)
    setProblems(nothingWrong)
    try {
      await send()
      onDone()
    } catch (error) {
      if (!(error instanceof DovetailError)) throw error
      const found = fieldProblems(error.errors)
      setProblems(found)
      if (Object.keys(found).length === 0) setProblem(error.detail)
    } finally {
      setUnderWay(false)
    }
  }
  return { underWay, problems, problem, submit }
}
