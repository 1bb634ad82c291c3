// Which operations of a script are journalled together. docs/design/script.md, "A segment of the script", step 1
import type { ScriptEntry } from './operation.ts'
import { handlerOf } from './operations/index.ts'

/** What is executed: a list, packed or not. */
export interface Script {
  readonly length: number
  at(index: number): ScriptEntry | undefined
}

/** Where the group ends that begins at this entry: consecutive file operations of one kind that touch different paths. */
export function groupEnd(script: Script, start: number): number {
  const { operation: { op } } = script.at(start)!
  const touched = new Set<string>()
  let end = start
  for (; end < script.length; end++) {
    const { operation } = script.at(end)!
    if (operation.op !== op || handlerOf(operation).effect !== 'files') break
    const paths = handlerOf(operation).touches?.(operation) ?? []
    if (paths.some((path) => touched.has(path))) break
    for (const path of paths) touched.add(path)
  }
  return Math.max(end, start + 1)
}

/** The entries of a part of a script. */
export function* entriesOf(script: Script, start: number, end: number): Generator<ScriptEntry, void> {
  for (let index = start; index < end; index++) yield script.at(index)!
}
