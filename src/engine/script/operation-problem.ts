// What went wrong with an operation, as the Error table numbers it. engine-rules §22
import { WindowsError } from '../../base/index.ts'
import { InstallError, type MessageField } from '../session/messages/install-error.ts'
import type { AnyOperation } from './handler.ts'

/** An InstallError stays what it is. */
export function operationProblem(error: unknown, operation: AnyOperation): InstallError {
  if (error instanceof InstallError) return error
  const number = error instanceof WindowsError ? error.errno : 0
  const [message, ...fields] = describe(operation, number)
  return new InstallError(message, fields, { cause: error })
}

function describe(operation: AnyOperation, error: number): [number, ...MessageField[]] {
  switch (operation.op) {
    case 'FolderCreate': return error === 5 ? [1303, operation.folder] : [1317, operation.folder]
    case 'FolderRemove': return [2911, operation.folder]
    case 'FileCopy': return [1304, operation.destination]
    case 'FileRemove': case 'IconRemove': return [2329, error, operation.path]
    case 'ShortcutRemove': return [1910, operation.path, error]
    case 'ShortcutCreate': return [1909, operation.path, error]
    case 'IconCreate': return [1310, error, operation.path]
    case 'RegCreateKey': return [1401, operation.key, error]
    case 'RegAddValue': return [1406, operation.name, operation.key, error]
    case 'FileWrite': case 'FileTouch': case 'XmlChange': case 'FirstBootPackage': return [1304, operation.path, error]
    case 'RegSecurity': case 'RegGrantAccess': return [1401, operation.key, error]
    case 'RegRemoveValue': return [1403, operation.name, operation.key, error]
    case 'RegRemoveKey': return [1404, operation.key, error]
    case 'IniWriteRemoveValue': return [2104, operation.file, operation.section, error]
    case 'UpdateEnvironmentStrings': return [1924, operation.name]
    case 'ComponentRegister': return [2908, operation.componentId]
    case 'ComponentUnregister': return [2909, operation.componentId]
    case 'DatabaseCopy': return [1906, operation.destination, error]
    case 'ServiceInstall': return [1923, operation.displayName, operation.name]
    case 'ServiceConfigure': return [1939, operation.subject, operation.subject]
    case 'ServiceDelete': return [1922, operation.name, operation.name]
    case 'ServiceControl': return [operation.control === 'start' ? 1920 : 1921, operation.name, operation.name]
    case 'RegSelfReg': return [1904, operation.path, error]
    case 'RegSelfUnreg': return [1905, operation.path, error]
    case 'TypeLibraryRegister': return [1911, operation.path]
    case 'TypeLibraryUnregister': return [1912, operation.path]
    case 'CustomActionSchedule': case 'CustomActionRollback': case 'CustomActionCommit': return [2896, operation.action]
    default: return [1711]
  }
}
