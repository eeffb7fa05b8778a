import { DovetailError } from 'dovetail-client'
import { useState } from 'react'
import { type FieldProblems, fieldProblems } from './field-problems.ts'

export interface Submission {
  underWay: boolean
  /** Problems by field name. */
  problems: FieldProblems
  /** The problem that belongs to no field. */
  problem: string | null
  submit: () => Promise<void>
}

const nothingWrong: FieldProblems = {}

/** Sends a form, and keeps what the server refused beside the field it names. */
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
