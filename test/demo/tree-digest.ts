// One digest over everything in a folder: names, kinds, permissions, contents, and the times of files to the nanosecond.
// Times of folders are left out: programs that make temporary files beside the installer change them too.
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

export interface TreeDigest {
  readonly sha256: string
  /** One line per entry. */
  readonly entries: readonly string[]
}

export function digestTree(root: string): TreeDigest {
  const names = (readdirSync(root, { recursive: true }) as string[]).sort()
  const entries = names.map((name) => describe(root, name))
  return { sha256: createHash('sha256').update(entries.join('\n')).digest('hex'), entries }
}

function describe(root: string, name: string): string {
  const path = join(root, name)
  const stat = lstatSync(path, { bigint: true })
  const content = stat.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : stat.isSymbolicLink() ? readlinkSync(path) : ''
  return [name, stat.mode.toString(8), stat.isDirectory() ? '' : stat.mtimeNs, content].join(' ')
}
