import { execFile } from 'node:child_process'

export interface Identity {
  readonly uid: number
  readonly gid: number
}

/** Runs a program to its end and gives what it printed. @throws Error with what it complained of. */
export function runProgram(file: string, args: readonly string[], identity: Identity | null): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { ...identity, cwd: '/', maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${file}: ${stderr.trim() || error.message}`, { cause: error }))
    })
  })
}
