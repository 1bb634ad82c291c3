// A command for several files: one that cannot be read is told on standard error, and the others are told nevertheless.
import type { Host } from './command.ts'
import { explainError } from './errors.ts'

/** @returns what was read, in order, and the Windows code of the first file that could not be; the only file's error is thrown. */
export async function eachFile<Read>(command: string, paths: readonly string[], { err }: Host, read: (path: string) => Read | Promise<Read>): Promise<{ readonly all: readonly Read[]; readonly code: number }> {
  const all: Read[] = []
  let code = 0
  for (const path of paths) {
    try {
      all.push(await read(path))
    } catch (error) {
      const explained = paths.length > 1 ? explainError(error) : undefined
      if (explained === undefined) throw error
      err.line(`${err.style('red', `msikit ${command}:`)} ${explained.message} (${explained.code}, ${explained.errno})`)
      if (explained.advice !== undefined) err.line(explained.advice)
      code ||= explained.errno
    }
  }
  err.flush()
  return { all, code }
}
