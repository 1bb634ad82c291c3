// The version of Windows Installer that is emulated: 5.0 unless somebody asks for another one.
// https://learn.microsoft.com/windows/win32/msi/released-versions-of-windows-installer
import { WindowsError } from '../../../base/index.ts'

export interface InstallerVersion {
  readonly major: number
  readonly minor: number
}

export const currentInstallerVersion: InstallerVersion = { major: 5, minor: 0 }

/** @throws WindowsError ERROR_INVALID_PARAMETER when the text is not `major` or `major.minor`. */
export function parseInstallerVersion(text: string): InstallerVersion {
  const match = /^(\d{1,2})(?:\.(\d{1,2}))?$/.exec(text)
  if (match === null) throw new WindowsError('ERROR_INVALID_PARAMETER', `installer version: expected a number such as 5.0 or 3.1, found '${text}'`)
  return { major: Number(match[1]), minor: Number((match[2] ?? '0').replace(/^0(?=\d)/, '')) }
}

/** As VersionMsi has it: 3.1 is `3.01`. */
export function formatInstallerVersion({ major, minor }: InstallerVersion): string {
  return `${major}.${String(minor).padStart(2, '0')}`
}

/** The Restart Manager belongs to 4.0 and later. */
export function hasRestartManager(version: InstallerVersion): boolean {
  return version.major >= 4
}
