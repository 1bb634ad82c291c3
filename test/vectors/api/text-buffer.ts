// The way functions of the installer hand out text: a buffer, and a size that goes in and comes out.
import type { Step, World } from '../world.ts'
import { invalidParameter, moreData } from './return-code.ts'

export interface TextOut {
  readonly rc: number
  /** `undefined`: the buffer was not written. */
  readonly value?: string | undefined
  readonly size?: number | undefined
}

/** @param step Its `bufferChars` is the size that goes in, counting the NUL; `omit` names pointers that are NULL. */
export function textOut(text: string, step: Step, world: World): TextOut {
  const room = world.number(step['bufferChars'])
  const { omit = [] } = step
  if (omit.includes('value')) return { rc: 0, size: text.length }
  if (omit.includes('size')) return { rc: invalidParameter }
  if (room === undefined || text.length < room) return { rc: 0, value: text, size: text.length }
  return { rc: moreData, size: text.length, ...(room > 0 ? { value: text.slice(0, room - 1) } : {}) }
}
