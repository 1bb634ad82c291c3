// The files of this machine as scripts see them, with the rights of who runs the script.
import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { bytesSource, WindowsError } from '../../base/index.ts'
import { readFileVersion } from '../../engine/index.ts'
import { windowsCodeOf } from '../../node/index.ts'
import { serialOfMoment, type DispatchObject, type ScriptFiles } from '../../scripting/index.ts'
import { describeHostError } from '../program/errors.ts'
import { scriptPath, type HostPath } from './paths.ts'

/** What the host says, in Windows' words. */
export function told<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const known = code === undefined || error instanceof WindowsError ? undefined : windowsCodeOf(code)
    throw known === undefined ? error : new WindowsError(known, `${path}: ${describeHostError(error as NodeJS.ErrnoException)}`, { cause: error })
  }
}

function localSerial(ms: number): number {
  return serialOfMoment(ms, -new Date(ms).getTimezoneOffset())
}

/** @param windowsFolder of the root: this machine has none of its own */
export function hostScriptFiles(hostPath: HostPath, windowsFolder: string, standardStream: (which: number) => DispatchObject | undefined): ScriptFiles {
  const refuseReadOnly = (path: string, evenReadOnly: boolean): void => {
    const stat = statSync(hostPath(path), { throwIfNoEntry: false })
    if (!evenReadOnly && stat !== undefined && (stat.mode & 0o200) === 0) throw new WindowsError('ERROR_ACCESS_DENIED', `${path}: it is read-only`)
  }
  return {
    stat: (path) => {
      const stat = told(path, () => statSync(hostPath(path), { throwIfNoEntry: false }))
      if (stat === undefined) return undefined
      return {
        isFolder: stat.isDirectory(), size: stat.size, modified: localSerial(stat.mtimeMs), created: localSerial(stat.birthtimeMs),
        attributes: (stat.isDirectory() ? 0x10 : 0x20) | ((stat.mode & 0o200) === 0 ? 1 : 0),
      }
    },
    list: (folder) => told(folder, () => readdirSync(hostPath(folder)).toSorted()),
    read: (path) => told(path, () => readFileSync(hostPath(path))),
    write: (path, content) => { told(path, () => { writeFileSync(hostPath(path), content) }) },
    append: (path, content) => { told(path, () => { appendFileSync(hostPath(path), content) }) },
    createFolder: (path) => { told(path, () => { mkdirSync(hostPath(path)) }) },
    removeFile: (path, evenReadOnly) => {
      told(path, () => {
        refuseReadOnly(path, evenReadOnly)
        rmSync(hostPath(path))
      })
    },
    removeFolder: (path, evenReadOnly) => {
      told(path, () => {
        refuseReadOnly(path, evenReadOnly)
        rmdirSync(hostPath(path))
      })
    },
    rename: (from, to) => { told(from, () => { renameSync(hostPath(from), hostPath(to)) }) },
    // The host knows whether a file may be written, and no more of that.
    setAttributes: (path, attributes) => {
      told(path, () => {
        const { mode } = statSync(hostPath(path))
        chmodSync(hostPath(path), (attributes & 1) === 0 ? mode | 0o200 : mode & ~0o222)
      })
    },
    fullPath: scriptPath,
    version: (path) => readFileVersion(bytesSource(told(path, () => readFileSync(hostPath(path)))))?.version.join('.') ?? '',
    standardStream,
    temporaryFolder: scriptPath(tmpdir()), windowsFolder, systemFolder: `${windowsFolder}\\System32`,
  }
}
