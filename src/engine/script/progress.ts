// Progress in ticks: what an operation counts for when the action that wrote it said nothing.
// https://learn.microsoft.com/windows/win32/msi/parsing-windows-installer-records; ui.md §13
import type { AnyOperation } from './handler.ts'
import type { ScriptEntry } from './operation.ts'

const ticksOf: { readonly [Name in AnyOperation['op']]?: number } = {
  ActionStart: 0, DisableRollback: 0, FolderCreate: 100, FolderRemove: 100, FileRemove: 1750, RegAddValue: 1300, RegRemoveValue: 1300, RegCreateKey: 1300, RegRemoveKey: 1300,
  ShortcutCreate: 4000, ShortcutRemove: 4000, ComponentRegister: 2400, ComponentUnregister: 2400, ServiceInstall: 5000, ServiceDelete: 5000, ServiceControl: 20000,
}
const otherTicks = 1000

export function operationTicks({ operation, ticks }: { readonly operation: AnyOperation; readonly ticks?: number | undefined }): number {
  if (ticks !== undefined) return ticks
  return operation.op === 'FileCopy' ? operation.size : ticksOf[operation.op] ?? otherTicks
}

/** What a whole script counts for: the total of the progress bar. */
export function scriptTicks(entries: Iterable<ScriptEntry>): number {
  let ticks = 0
  for (const entry of entries) ticks += operationTicks(entry)
  return ticks
}
