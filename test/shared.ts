// Files from outside the repository: real packages, recorded installations, vectors. Absent ones make tests skip visibly.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const repository = resolve(import.meta.dirname, '..')
const shared = resolve(process.env['MSIKIT_SHARED'] ?? join(repository, '../shared'))

/** The path, or `undefined` when it is not there. */
export function sharedPath(...parts: string[]): string | undefined {
  const path = join(shared, ...parts)
  return existsSync(path) ? path : undefined
}

/** The value of a test's `skip` option: why it is skipped, or `false`. */
export function skipWithout(...parts: string[]): string | false {
  return sharedPath(...parts) === undefined ? `needs ${join(...parts)} in $MSIKIT_SHARED (${shared})` : false
}
