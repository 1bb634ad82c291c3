// Which operations of a script are journalled together. docs/design/script.md, "A segment of the script", step 1
import type { ScriptEntry } from './operation.ts'
import { handlerOf } from './operations/index.ts'

/** As many as may be passed as arguments. */
const largestGroup = 20_000

/** Consecutive file operations of one kind that touch different paths: they are journalled together. */
export function groupAt(entries: readonly ScriptEntry[], index: number): readonly ScriptEntry[] {
  const { operation: { op } } = entries[index]!
  const touched = new Set<string>()
  let end = index
  for (; end < Math.min(entries.length, index + largestGroup); end++) {
    const { operation } = entries[end]!
    if (operation.op !== op || handlerOf(operation).effect !== 'files') break
    const paths = handlerOf(operation).touches?.(operation) ?? []
    if (paths.some((path) => touched.has(path))) break
    for (const path of paths) touched.add(path)
  }
  return entries.slice(index, Math.max(end, index + 1))
}
