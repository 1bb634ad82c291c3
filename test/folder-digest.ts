// A folder of the host as text by path, byte for byte: what stands there, its permissions, owner, digest and time.
// Two digests that are equal prove that a root is what it was. Times of directories are left out.
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

export function folderDigest(folder: string): Map<string, string> {
  const digest = new Map<string, string>()
  const pending = [folder]
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const name of readdirSync(directory).sort()) {
      const path = join(directory, name)
      const stat = lstatSync(path, { bigint: true })
      const mode = `${(Number(stat.mode) & 0o7777).toString(8)} ${stat.uid}:${stat.gid}`
      if (stat.isDirectory()) pending.push(path)
      const content = stat.isDirectory() ? `directory ${mode}`
        : stat.isSymbolicLink() ? `link to ${readlinkSync(path)}`
        : `${mode} ${createHash('sha256').update(readFileSync(path)).digest('hex')} ${stat.mtimeNs / 1000n}`
      digest.set(relative(folder, path).replaceAll(sep, '/'), content)
    }
  }
  return new Map([...digest].sort(([a], [b]) => a < b ? -1 : 1))
}
