// What waits for the first start of the root: deferred, rollback and commit actions that are code of Windows, modules that
// register themselves, services to be started. They are collected while the sequence runs and become, in the end, one package
// that RunOnce runs and that is deleted then. https://learn.microsoft.com/windows/win32/setupapi/run-and-runonce-registry-keys
import { guidFromBytes, joinPath } from '../../base/index.ts'
import type { InstallSession } from '../session/install-session.ts'
import type { CustomActionSource } from './custom-action.ts'
import { quietCommand } from './native/index.ts'
import { findProgram, type ProgramAction } from './program.ts'

const runOnceKey = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce'

export interface WaitingAction extends ProgramAction {
  readonly kind: string
  readonly type: number
  readonly customActionData: string
}

/** Whether an action of the script has to wait; if so it is noted. */
export function waitsForFirstBoot(session: InstallSession, action: WaitingAction): boolean {
  const { deferToFirstBoot, customActions } = session.installation.settings
  if (!deferToFirstBoot || customActions !== 'run' || !isCodeOfWindows(session, action)) return false
  const { kind, type, sourceKind, source, target, hidden, customActionData } = action
  session.firstBoot.push({ name: action.action, actionType: type, kind: kind === 'library' ? 'library' : 'program', sourceKind, source, target, customActionData, hidden })
  session.messages.log(`Custom action ${action.action} waits for the first start of the root`)
  return true
}

function isCodeOfWindows(session: InstallSession, action: WaitingAction): boolean {
  const { libraryRunner, foreignRunner } = session.installation.settings
  if (action.kind === 'library') {
    const quiet = quietCommand(session, action.target, { phase: 'deferred', customActionData: action.customActionData })
    if (quiet === undefined) return libraryRunner === undefined
    return foreignRunner === undefined && !isHostProgram(session, { ...action, sourceKind: 'directory', source: '', target: quiet.commandLine })
  }
  return action.kind === 'program' && foreignRunner === undefined && !isHostProgram(session, action)
}

/** What is not there yet comes with the package, and is taken for what it is named as: a program of Windows. */
function isHostProgram(session: InstallSession, action: { readonly sourceKind: CustomActionSource; readonly source: string; readonly target: string }): boolean {
  if (action.sourceKind === 'binary') {
    const bytes = session.stream('Binary', action.source)
    return bytes !== undefined && !(bytes[0] === 0x4d && bytes[1] === 0x5a)
  }
  const { hostPath, windowsPath } = findProgram(session, action.sourceKind, action.source, action.target)
  return hostPath === undefined ? windowsPath.startsWith('/') : session.platform.processes.canRun(hostPath)
}

/** The last thing that an installation writes. What an earlier one left to wait is replaced, or goes with the product. */
export function writeFirstBoot(session: InstallSession): void {
  const { platform, product } = session
  const actions = session.firstBoot.splice(0)
  const folder = joinPath(session.properties.get('WindowsFolder'), 'Installer\\FirstBoot')
  const path = joinPath(folder, `${product.productCode}.msi`)
  const name = `!${product.productCode}`
  if (session.context.removingProduct) {
    if (platform.registry.value(runOnceKey, name) !== undefined) session.emit({ op: 'RegRemoveValue', key: runOnceKey, name, pruneEmptyKeys: false })
    for (const one of [path, joinPath(folder, `${product.productCode}.log`)]) if (platform.files.stat(one)?.kind === 'file') session.emit({ op: 'FileRemove', path: one })
    if (platform.files.stat(folder) !== undefined) session.emit({ op: 'FolderRemove', folder, persistent: false })
  }
  if (actions.length === 0) return
  session.emit({
    op: 'FirstBootPackage', path, productCode: newGuid(session), packageCode: newGuid(session), productName: product.productName,
    template: `${{ x86: 'Intel', x64: 'x64', arm64: 'Arm64' }[session.context.package64Bit ? platform.machine.architecture : 'x86']};1033`, actions,
  })
  session.emit({ op: 'RegAddValue', key: runOnceKey, name, value: { type: 'REG_SZ', data: runOnceCommand(product.productCode) }, mode: 'replace' })
}

/** At most 260 characters: so names are relative. The package goes whatever has become of it; what went wrong is in its log. */
function runOnceCommand(id: string): string {
  return `cmd.exe /d /c cd /d %windir%\\Installer\\FirstBoot & msiexec.exe /i ${id}.msi /qn /norestart /l*v ${id}.log & del ${id}.msi`
}

function newGuid({ platform: { random } }: InstallSession): string {
  return guidFromBytes(random.bytes(16), 0)
}
