// The automation interface of Windows Installer: Installer, Session, Database, View, Record and the rest, as objects for scripts.
// https://learn.microsoft.com/windows/win32/msi/automation-interface-reference
export { InstallerObject } from './installer.ts'
export type { FilesPort, InstallationsPort, InstallerPort, PatchInstance, ProductInstance, ProductsPort, SessionPort, SourceChange, SourceOwner } from './ports.ts'
export { SessionObject } from './session.ts'
