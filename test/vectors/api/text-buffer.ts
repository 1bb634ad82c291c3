// The way functions of the installer hand out text: a buffer, and a size that goes in and comes out.
import type { Judged } from '../matcher.ts'
import type { Step, World } from '../world.ts'
import { invalidParameter, moreData } from './return-code.ts'

export interface TextOut {
  readonly rc: number
  /** `undefined`: the buffer was not written. */
  readonly value?: string | undefined
  readonly size?: number | Judged | undefined
}

/** For functions that work in the caller's own process. */
export function localTextOut(text: string, step: Step, world: World): TextOut {
  return textOut(text, step, { isRemote: false, number: (value) => world.number(value) })
}

/** What the callers of custom actions have in their buffers before. */
const fill = '\u00cc'

/**
 * @param step Its `bufferChars` is the size that goes in, counting the NUL; `omit` names pointers that are NULL.
 * @param world Where it says how far away the function works; records and files are at hand everywhere.
 */
export function textOut(text: string, step: Step, world: Pick<World, 'isRemote' | 'number'>): TextOut {
  const room = world.number(step['bufferChars'])
  const { omit = [] } = step
  if (omit.includes('value')) {
    if (omit.includes('size')) return { rc: 0 }
    return { rc: 0, size: world.isRemote ? lengthAlone(text, step) : text.length }
  }
  if (omit.includes('size')) return { rc: invalidParameter }
  if (room === undefined || text.length < room) return { rc: 0, value: writtenText(text, step, world, room), size: text.length }
  return { rc: moreData, size: text.length * unitBytes(step, world), ...(room > 0 ? { value: text.slice(0, room - 1) } : {}) }
}

/** From another process the functions for ANSI text count the bytes of the UTF-16 text, unless they write it. */
function unitBytes(step: Step, world: Pick<World, 'isRemote'>): 1 | 2 {
  return world.isRemote && step['api'] !== 'W' ? 2 : 1
}

/** The wide-character calls that ask for the length alone are not all marked as such in the vectors. */
function lengthAlone(text: string, step: Step): number | Judged {
  const isLength = (size: unknown): boolean => size === text.length || size === text.length * 2
  return step['api'] === 'W' ? text.length : { disagreement: (expected) => isLength(expected) ? undefined : text.length * 2 }
}

/** On its way through another process ANSI text ends at its first NUL; zeros follow up to its length. */
function writtenText(text: string, step: Step, world: Pick<World, 'isRemote'>, room: number | undefined): string {
  const end = text.indexOf('\0')
  if (!world.isRemote || end < 0 || room === undefined || step['api'] === 'W') return text
  return `${text.slice(0, end).padEnd(text.length + 1, '\0')}${fill.repeat(Math.max(0, room + 1 - text.length))}`
}
