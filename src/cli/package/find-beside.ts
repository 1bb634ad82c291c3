// Files that belong to another one and lie below its folder; names match as on Windows.
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sameName } from '../../base/index.ts'

/** `undefined` when there is none, or a segment leads elsewhere. */
export function findBeside(path: string, segments: readonly string[]): string | undefined {
  let at = dirname(path)
  for (const segment of segments) {
    if (segment === '' || segment === '.' || segment === '..' || /[\\/\0]/.test(segment)) return undefined
    const exact = join(at, segment)
    const found = existsSync(exact) ? segment : existsSync(at) ? readdirSync(at).find((one) => sameName(one, segment)) : undefined
    if (found === undefined) return undefined
    at = join(at, found)
  }
  return at
}
