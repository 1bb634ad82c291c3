// SelfRegModules and SelfUnregModules: modules that register themselves. Only Windows can run them: the operation is
// handled by policy and named in the log. https://learn.microsoft.com/windows/win32/msi/selfreg-table
import { isBeingInstalled, isBeingRemoved } from '../session/features/components.ts'
import type { FileEntry } from '../session/files/files.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'

export const selfRegModules: StandardAction = (session) => {
  for (const file of modules(session)) {
    if (!isBeingInstalled(session.components.get(file.component)!)) continue
    if (!session.atFirstBoot(`RegSelfReg_${file.key}`, `"${session.properties.get('WindowsFolder')}System32\\regsvr32.exe" /s "${file.targetPath}"`)) emitModule(session, 'RegSelfReg', file)
  }
}

export const selfUnregModules: StandardAction = (session) => {
  for (const file of modules(session)) {
    if (isBeingRemoved(session.components.get(file.component)!)) emitModule(session, 'RegSelfUnreg', file)
  }
}

function* modules(session: Session): Iterable<FileEntry> {
  for (const row of session.rows('SelfReg')) {
    const file = session.files.get(row.text('File_'))
    if (file !== undefined && session.components.has(file.component)) yield file
  }
}

function emitModule(session: Session, op: 'RegSelfReg' | 'RegSelfUnreg', file: FileEntry): void {
  const at = file.targetPath.lastIndexOf('\\')
  session.emit({ op, path: file.targetPath, detail: file.key }, { data: { 1: file.targetPath.slice(at + 1), 2: file.targetPath.slice(0, at + 1) } })
}
