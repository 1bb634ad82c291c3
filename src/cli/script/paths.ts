// Paths in scripts are written for Windows: elsewhere their backslashes are slashes, what scripts are told has backslashes, and
// drives are those of the root, with Z for this machine.
import { posix, resolve } from 'node:path'
import type { NodePlatform } from '../../node/index.ts'

/** The path of this machine for a path of scripts. */
export type HostPath = (path: string) => string

const isWindows = process.platform === 'win32'

export function hostPaths(root: () => Pick<NodePlatform, 'files'>): HostPath {
  const onDrive = (path: string): string => {
    const found = root().files.hostPath(path)
    if (found !== undefined) return found
    const at = path.lastIndexOf('\\')
    return at < 3 ? `${root().files.hostPath(path.slice(0, 3)) ?? path}/${path.slice(3)}` : `${onDrive(path.slice(0, at))}/${path.slice(at + 1)}`
  }
  return (path) => {
    if (isWindows) return path
    const text = path.replaceAll('\\', '/')
    if (/^z:\//i.test(text)) return text.slice(2)
    return /^[a-y]:\//i.test(text) ? onDrive(windowsPath(text)) : text
  }
}

/** The full path as scripts take it apart. */
export function scriptPath(path: string): string {
  if (isWindows) return resolve(path)
  const text = path.replaceAll('\\', '/')
  return /^[a-z]:\//i.test(text) ? windowsPath(text) : resolve(text).replaceAll('/', '\\')
}

function windowsPath(text: string): string {
  return text.slice(0, 2) + posix.resolve('/', text.slice(3)).replaceAll('/', '\\')
}

/** Of a script's arguments: what begins with a slash is an option to scripts, so that paths of this machine get backslashes. */
export function scriptArgument(text: string): string {
  return !isWindows && /^\/[^/:]+\/[^:]*$/.test(text) ? text.replaceAll('/', '\\') : text
}
