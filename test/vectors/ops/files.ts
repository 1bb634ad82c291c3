// Operations on files: those of the Windows API that the scenarios call, and the checks made of them.
import { baseName, joinPath, parentPath, WindowsError, withoutTrailingBackslash } from 'msikit/base'
import { readFile, removeTree, writeFile } from 'msikit/platform'
import { ansiBytes } from '../api/ansi.ts'
import type { Found, Operation, World } from '../world.ts'

export const fileOperations: Readonly<Record<string, Operation>> = {
  writeFile: ({ path, data, size }, world) => {
    writeTo(world, path, sized(latin1(data), size as number | undefined))
    return {}
  },
  appendFile: ({ path, data }, world) => {
    writeTo(world, path, Buffer.concat([readFile(world.files, world.path(path)), latin1(data)]))
    return {}
  },
  CreateDirectory: ({ path }, world) => attempt(() => world.files.createDirectory(world.path(path))),
  RemoveDirectory: ({ path }, world) => attempt(() => world.files.removeDirectory(world.path(path))),
  DeleteFile: ({ path }, world) => attempt(() => world.files.removeFile(world.path(path))),
  CopyFile: ({ from, to, failIfExists }, world) => attempt(() => {
    const target = world.path(to)
    if (failIfExists === true && world.files.stat(target)) throw new WindowsError('ERROR_FILE_EXISTS', `${target} exists`)
    writeTo(world, to, readFile(world.files, world.path(from)))
  }),
  MoveFile: ({ from, to }, world) => attempt(() => world.files.rename(world.path(from), world.path(to))),
  SetCurrentDirectory: ({ path }, world) => {
    world.currentDirectory = withoutTrailingBackslash(world.path(path))
    return {}
  },
  deleteGlob: ({ path }, world) => {
    const full = world.path(path)
    const folder = parentPath(full) ?? full
    const pattern = new RegExp(`^${baseName(full).replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i')
    if (world.files.stat(folder)?.kind !== 'directory') return {}
    for (const name of world.files.list(folder)) if (pattern.test(name)) attempt(() => world.files.removeFile(joinPath(folder, name)))
    return {}
  },
  exactlyOneExists: ({ paths }, world) => {
    const existing = (paths as readonly string[]).map((one) => world.path(one)).filter((one) => world.files.stat(one) !== undefined)
    for (const one of existing) attempt(() => world.files.removeFile(one))
    return { rc: existing.length === 1 }
  },
  deleteTree: ({ path }, world) => {
    removeTree(world.files, world.path(path))
    return {}
  },
  pathExists: ({ path }, world) => ({ rc: world.files.stat(world.path(path)) !== undefined }),
  fileSize: ({ path }, world) => ({ size: world.files.stat(world.path(path))?.size ?? -1 }),
  compareFile: ({ path, data }, world) => {
    const found = latin1Text(contentOf(world, path))
    return { rc: found !== undefined && found.startsWith(String(data)) && /^\0*$/.test(found.slice(String(data).length)) }
  },
  fileStartsWith: ({ path, data }, world) => ({ rc: latin1Text(contentOf(world, path))?.startsWith(String(data)) ?? false }),
  readFile: ({ path, max }, world) => {
    const bytes = contentOf(world, path)?.subarray(0, Number(max))
    return { data: latin1Text(bytes), read: bytes?.length }
  },
}

/** `rc` tells whether it worked, as the functions of the file API do. */
function attempt(action: () => void): Found {
  try {
    action()
    return { rc: true }
  } catch (error) {
    if (error instanceof WindowsError) return { rc: false, lastError: error.errno }
    throw error
  }
}

function writeTo(world: World, path: unknown, bytes: Uint8Array): void {
  // A folder that is missing is not made: some scenarios count on that.
  attempt(() => writeFile(world.files, world.path(path), bytes))
}

function contentOf(world: World, path: unknown): Uint8Array | undefined {
  const full = world.path(path)
  return world.files.stat(full)?.kind === 'file' ? readFile(world.files, full) : undefined
}

const latin1 = (text: unknown): Uint8Array => ansiBytes(String(text ?? ''))
const latin1Text = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('latin1')

function sized(bytes: Uint8Array, size: number | undefined): Uint8Array {
  if (size === undefined) return bytes
  const whole = new Uint8Array(size)
  whole.set(bytes.subarray(0, size))
  return whole
}
