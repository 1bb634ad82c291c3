// A Wine prefix as a Windows root: its `drive_c` is drive C, and its text hives stand beside that folder.
// A running wineserver has the registry in its memory and writes it when it ends: then nothing may be written.
import { existsSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { WindowsError } from '../base/index.ts'
import { createTextHive, parseTextHive, type TextHive } from '../registry-hive/index.ts'
import { openFileSource } from './files/file-source.ts'
import { realFolder } from './files/host-drive.ts'
import { forgetKeptHive, HiveFile, type HiveFormat, type LoadedHive } from './registry/hive-file.ts'

export interface WinePrefix {
  readonly folder: string
  readonly driveC: string
}

/** The prefix that a folder is, or whose `drive_c` it is. */
export function findWinePrefix(folder: string): WinePrefix | undefined {
  const real = realFolder(folder)
  for (const prefix of [real, dirname(real)]) {
    const driveC = join(prefix, 'drive_c')
    if ((prefix === real || basename(real) === 'drive_c') && existsSync(join(prefix, 'system.reg')) && existsSync(driveC)) return { folder: prefix, driveC }
  }
  return undefined
}

/** @throws WindowsError ERROR_SHARING_VIOLATION while a wineserver runs on the prefix */
export function refuseRunningWine({ folder }: WinePrefix): void {
  const pid = wineserver(folder)
  if (pid === undefined) return
  throw new WindowsError('ERROR_SHARING_VIOLATION', `Wine prefix ${folder}: expected no program running in it, found its wineserver (process ${pid}); end it with \`wineserver -k\` and try again`)
}

/** A wineserver's working directory is named after the device and inode of its prefix. */
function wineserver(folder: string): string | undefined {
  const { dev, ino } = statSync(folder, { bigint: true })
  const name = `server-${dev.toString(16)}-${ino.toString(16)}`
  if (!existsSync('/proc/self/cwd')) return undefined
  return readdirSync('/proc').find((pid) => /^\d+$/.test(pid) && basename(workingDirectory(pid)) === name)
}

function workingDirectory(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return '' // It has ended, or it is somebody else's.
  }
}

export interface WineHives {
  readonly machine: HiveFile
  readonly user: HiveFile
  readonly defaultUser: HiveFile
  /** SID of the prefix's user. */
  readonly sid: string
  readonly architecture: 'x86' | 'x64'
  /** The installation is over. */
  settle(): void
}

const usualSid = 'S-1-5-21-0-0-0-1000'

export function wineHives(prefix: WinePrefix, installing: () => boolean): WineHives {
  const prepare = (): void => { refuseRunningWine(prefix) }
  const open = (name: string, mount: string, base: string): HiveFile => {
    const path = (): string => join(prefix.folder, name)
    return new HiveFile({ mount, format: textFormat(base, prefix), path, heldPath: path, prepare, unprepare: () => {}, installing })
  }
  const user = headerOf(join(prefix.folder, 'user.reg'))
  const sid = /User\\+(S-1-[\d-]+)/i.exec(user)?.[1] ?? usualSid
  return {
    sid,
    machine: open('system.reg', 'HKLM', 'REGISTRY\\Machine'),
    user: open('user.reg', `HKU\\${sid.toUpperCase()}`, `REGISTRY\\User\\${sid}`),
    defaultUser: open('userdef.reg', 'HKU\\.DEFAULT', 'REGISTRY\\User\\.Default'),
    architecture: /^#arch=win32/m.test(user) ? 'x86' : 'x64',
    settle: () => {
      for (const name of ['system.reg', 'user.reg', 'userdef.reg']) forgetKeptHive(join(prefix.folder, name))
    },
  }
}

function headerOf(path: string): string {
  if (!existsSync(path)) return ''
  using file = openFileSource(path)
  return Buffer.from(file.read(0, 512)).toString('latin1')
}

/** Text hives are ASCII; bytes beyond are kept as they are. */
function textFormat(base: string, prefix: WinePrefix): HiveFormat {
  return {
    fresh: () => loaded(createTextHive(base, existsSync(join(prefix.driveC, 'windows', 'syswow64')) ? 'win64' : 'win32')),
    parse: (bytes) => loaded(parseTextHive(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'))),
  }
}

function loaded(hive: TextHive): LoadedHive {
  return { root: hive.root, toBytes: () => Buffer.from(hive.toText(), 'latin1') }
}
