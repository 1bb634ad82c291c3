// Physical registry keys of table rows: the root column by context, HKCR, and the 32-bit view of a 64-bit Windows.
// https://learn.microsoft.com/windows/win32/winprog64/shared-registry-keys; registry roots: registry-table
import { foldCase } from '../../base/index.ts'

export interface RegistryRoots {
  readonly perMachine: boolean
  /** `HKLM\Software\Classes` or `HKCU\Software\Classes`. */
  readonly classesRoot: string
  /** Whether 32-bit programs have a view of their own. */
  readonly has32BitView: boolean
}

/** Registry.Root: -1 by context, 0 HKCR, 1 HKCU, 2 HKLM, 3 HKU. */
export function physicalKey(roots: RegistryRoots, root: number, key: string, is64Bit: boolean): string {
  const path = `${rootKey(roots, root)}${key === '' ? '' : `\\${key.replace(/^\\+|\\+$/g, '')}`}`
  return roots.has32BitView && !is64Bit ? view32(path) : path
}

function rootKey(roots: RegistryRoots, root: number): string {
  if (root === -1) return roots.perMachine ? 'HKLM' : 'HKCU'
  if (root === 0) return roots.classesRoot
  return root === 1 ? 'HKCU' : root === 3 ? 'HKU' : 'HKLM'
}

const redirectedClasses = new Set(['CLSID', 'DIRECTSHOW', 'INTERFACE', 'MEDIA TYPE', 'MEDIAFOUNDATION'])

/** Keys below HKLM\Software that both views share, since Windows 7. */
const shared = [
  'Clients', 'Microsoft\\COM3', 'Microsoft\\Cryptography\\Calais\\Current', 'Microsoft\\Cryptography\\Calais\\Readers',
  'Microsoft\\Cryptography\\Services', 'Microsoft\\CTF\\SystemShared', 'Microsoft\\CTF\\TIP', 'Microsoft\\DFS', 'Microsoft\\Driver Signing',
  'Microsoft\\EnterpriseCertificates', 'Microsoft\\EventSystem', 'Microsoft\\MSMQ', 'Microsoft\\Non-Driver Signing',
  'Microsoft\\Notepad\\DefaultFonts', 'Microsoft\\OLE', 'Microsoft\\RAS', 'Microsoft\\RPC', 'Microsoft\\Shared Tools\\MSInfo',
  'Microsoft\\SystemCertificates', 'Microsoft\\TermServLicensing', 'Microsoft\\TransactionServer', 'Microsoft\\Windows\\CurrentVersion\\App Paths',
  'Microsoft\\Windows\\CurrentVersion\\Control Panel\\Cursors\\Schemes', 'Microsoft\\Windows\\CurrentVersion\\Explorer\\AutoplayHandlers',
  'Microsoft\\Windows\\CurrentVersion\\Explorer\\DriveIcons', 'Microsoft\\Windows\\CurrentVersion\\Explorer\\KindMap',
  'Microsoft\\Windows\\CurrentVersion\\Group Policy', 'Microsoft\\Windows\\CurrentVersion\\Policies', 'Microsoft\\Windows\\CurrentVersion\\PreviewHandlers',
  'Microsoft\\Windows\\CurrentVersion\\Setup', 'Microsoft\\Windows\\CurrentVersion\\Telephony\\Locations', 'Microsoft\\Windows NT\\CurrentVersion\\Console',
  'Microsoft\\Windows NT\\CurrentVersion\\FontDPI', 'Microsoft\\Windows NT\\CurrentVersion\\FontLink', 'Microsoft\\Windows NT\\CurrentVersion\\FontMapper',
  'Microsoft\\Windows NT\\CurrentVersion\\Fonts', 'Microsoft\\Windows NT\\CurrentVersion\\FontSubstitutes', 'Microsoft\\Windows NT\\CurrentVersion\\Gre_Initialize',
  'Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options', 'Microsoft\\Windows NT\\CurrentVersion\\LanguagePack',
  'Microsoft\\Windows NT\\CurrentVersion\\NetworkCards', 'Microsoft\\Windows NT\\CurrentVersion\\Perflib', 'Microsoft\\Windows NT\\CurrentVersion\\Ports',
  'Microsoft\\Windows NT\\CurrentVersion\\Print', 'Microsoft\\Windows NT\\CurrentVersion\\ProfileList', 'Microsoft\\Windows NT\\CurrentVersion\\Time Zones',
  'Policies', 'RegisteredApplications',
].map((key) => `HKLM\\SOFTWARE\\${foldCase(key)}`)

/** Where a 32-bit program's key really lies. Of HKCU only the redirected parts of Classes have a view of their own. */
export function view32(key: string): string {
  const segments = key.split('\\')
  const folded = segments.map((segment) => foldCase(segment))
  if (folded[1] !== 'SOFTWARE' || folded[2] === 'WOW6432NODE') return key
  if (folded[2] === 'CLASSES') {
    return redirectedClasses.has(folded[3] ?? '') ? [...segments.slice(0, 3), 'Wow6432Node', ...segments.slice(3)].join('\\') : key
  }
  if (folded[0] !== 'HKLM' || segments.length < 3) return key
  const whole = folded.join('\\')
  if (shared.some((one) => whole === one || whole.startsWith(`${one}\\`))) return key
  return [...segments.slice(0, 2), 'Wow6432Node', ...segments.slice(2)].join('\\')
}
