// Small things that everybody does with a FileSystem, made of its operations.
import { joinPath, parentPath, readAll } from '../base/index.ts'
import { noAttributes, type FileSystem } from './file-system.ts'

/** The whole file; refuses more than `limit` bytes. */
export function readFile(files: FileSystem, path: string, limit?: number): Uint8Array {
  using file = files.open(path)
  return readAll(file, limit).slice()
}

/** Creates or replaces a file; its directory must exist. */
export function writeFile(files: FileSystem, path: string, bytes: Uint8Array, options: { sync?: boolean } = {}): void {
  const writer = files.create(path)
  try {
    writer.write(bytes)
    if (options.sync === true) writer.sync()
  } finally {
    writer.close()
  }
}

/** Makes a directory with its missing parents. Answers those that were made, outermost first. */
export function createDirectories(files: FileSystem, path: string): string[] {
  const missing: string[] = []
  for (let at: string | undefined = path; at !== undefined && files.stat(at) === undefined; at = parentPath(at)) missing.push(at)
  missing.reverse()
  for (const directory of missing) files.createDirectory(directory)
  return missing
}

/** Removes a file, or a directory with everything in it, read-only or not; nothing there is no error. */
export function removeTree(files: FileSystem, path: string): void {
  const stat = files.stat(path)
  if (stat === undefined) return
  if (stat.kind === 'file') {
    files.removeFile(path, true)
    return
  }
  if (stat.attributes.readOnly) files.setAttributes(path, noAttributes)
  for (const name of files.list(path)) removeTree(files, joinPath(path, name))
  files.removeDirectory(path)
}

/** Everything below a directory, a directory before its contents, in the order of {@link FileSystem.list}. */
export function* walk(files: FileSystem, path: string): Generator<string> {
  const pending = [path]
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    if (directory !== path) yield directory
    const below = files.list(directory).map((name) => joinPath(directory!, name))
    const directories = below.filter((child) => files.stat(child)?.kind === 'directory')
    const inside = new Set(directories)
    for (const child of below) if (!inside.has(child)) yield child
    pending.push(...directories.toReversed())
  }
}
