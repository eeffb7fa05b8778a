/** Why a stream ended that the server did not end: nothing had passed for too long, or it was open for too long. */
import { type Finding, seconds } from '../finding.ts'
import { type Patient, write } from '../patient.ts'
import { WatchedStream } from './watched-stream.ts'

type End = Pick<WatchedStream, 'openedAt' | 'lastByteAt' | 'endedAt' | 'longestSilenceMs'>

/** Its life and the silence at its end, in milliseconds. */
function timesOf({ openedAt, lastByteAt, endedAt }: End): { life: number; silence: number } {
  const end = endedAt ?? performance.now()
  return { life: end - openedAt, silence: end - lastByteAt }
}

export async function howItEnded(patient: Patient, first: End, endAt: number): Promise<Finding | null> {
  const { life, silence } = timesOf(first)
  // It outlived a longer silence before, so silence is not what ended it.
  if (silence < first.longestSilenceMs * 0.8) return ended(life)
  const left = endAt - performance.now()
  return left < life * 2 + patient.commentMs ? cut(silence) : compare(patient, { life, silence })
}

/**
 * A second stream tells: a write in the middle of its life moves the end of a stream that is cut when it is silent,
 * and not that of a stream whose time is over.
 */
async function compare(
  patient: Patient,
  { life, silence }: { life: number; silence: number },
): Promise<Finding | null> {
  const second = new WatchedStream(patient)
  try {
    await second.until(() => false, life * 0.6)
    if (second.endedAt === null) await write(patient)
    await second.until(() => false, life + silence)
    // It did not happen again: nothing is claimed of what was seen once.
    if (second.endedAt === null) return null
    const again = timesOf(second)
    return Math.abs(again.life - life) < Math.abs(again.silence - silence) ? ended(life) : cut(silence)
  } finally {
    second.close()
  }
}

function cut(silence: number): Finding {
  return { fault: 'idle-cut', seen: `an event stream was cut after ${seconds(silence)} of silence` }
}

function ended(life: number): Finding {
  return { fault: 'stream-ended', seen: `an event stream was ended after ${seconds(life)}, although events came on it` }
}
