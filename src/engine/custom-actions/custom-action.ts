// A row of the CustomAction table taken apart: what it runs, where that comes from, and how its result counts.
// https://learn.microsoft.com/windows/win32/msi/summary-list-of-all-custom-action-types
import type { Row } from '../../database/index.ts'

export type CustomActionKind =
  | 'library' | 'program' | 'jscript' | 'vbscript' | 'installation'
  /** Types 51, 35 and 19: no code of the package runs. */
  | 'set-property' | 'set-directory' | 'error'
  | 'invalid'

/** Where the code is: the Binary table, an installed file, a directory or inline text, a property. */
export type CustomActionSource = 'binary' | 'file' | 'directory' | 'property'

export const CustomActionFlag = {
  continue: 0x40, async: 0x80, firstSequence: 0x100, oncePerProcess: 0x200, rollback: 0x100, commit: 0x200,
  inScript: 0x400, noImpersonate: 0x800, script64Bit: 0x1000, hideTarget: 0x2000, tsAware: 0x4000,
} as const

/** ExtendedType: runs only while a patch is taken out. */
export const patchUninstallOnly = 0x8000

export interface CustomAction {
  readonly name: string
  readonly type: number
  readonly extendedType: number
  readonly kind: CustomActionKind
  readonly sourceKind: CustomActionSource
  readonly source: string
  readonly target: string
}

const sources = ['binary', 'file', 'directory', 'property'] as const

export function parseCustomAction(row: Row): CustomAction {
  const type = (row.integer('Type') ?? 0) & 0x7fff
  return {
    name: row.text('Action'), type, extendedType: row.integer('ExtendedType') ?? 0, kind: kindOf(type),
    sourceKind: sources[(type & 0x30) >> 4]!, source: row.text('Source'), target: row.text('Target'),
  }
}

export function kindOf(type: number): CustomActionKind {
  const source = type & 0x30
  switch (type & 0x0f) {
    case 1: return source === 0x00 || source === 0x10 ? 'library' : 'invalid'
    case 2: return 'program'
    case 3: return source === 0x30 ? 'set-property' : source === 0x20 ? 'set-directory' : source === 0x10 ? 'error' : 'invalid'
    case 5: return 'jscript'
    case 6: return 'vbscript'
    case 7: return source === 0x30 ? 'invalid' : 'installation'
    default: return 'invalid'
  }
}

export function sourceKindOf(type: number): CustomActionSource {
  return sources[(type & 0x30) >> 4]!
}

export function hasFlag(type: number, flag: number): boolean {
  return (type & flag) !== 0
}

/** Deferred, rollback or commit: captured in the script. Types 19, 35 and 51 never are. */
export function isInScript({ type, kind }: CustomAction): boolean {
  return hasFlag(type, CustomActionFlag.inScript) && kind !== 'set-property' && kind !== 'set-directory' && kind !== 'error'
}
