// The sequence tables: the standard actions that a package's tables call for, with the numbers that the documentation
// suggests, and the actions that its author places among them.
// https://learn.microsoft.com/windows/win32/msi/suggested-installexecutesequence
import { WindowsError } from '../base/index.ts'

export const sequenceTables = ['InstallExecuteSequence', 'InstallUISequence', 'AdminExecuteSequence', 'AdminUISequence', 'AdvtExecuteSequence'] as const
export type SequenceTable = typeof sequenceTables[number]

/** A number, a place beside another action, or `none` to leave a standard action out. */
export type SequencePosition = number | 'none' | { readonly after: string } | { readonly before: string }

export interface Scheduled {
  readonly action: string
  readonly position: SequencePosition
  readonly condition?: string | undefined
}

interface StandardAction {
  readonly action: string
  readonly number: number
  /** In every package when absent; else in those that have rows in one of these tables. */
  readonly tables?: readonly string[]
  readonly condition?: string
}

// Each: number, action, tables separated by bars, condition. FindRelatedProducts and AppSearch come before
// LaunchConditions, because conditions are about what they find.
const execute = `25 FindRelatedProducts Upgrade
50 AppSearch AppSearch
100 LaunchConditions LaunchCondition
500 CCPSearch CCPSearch NOT Installed
600 RMCCPSearch CCPSearch NOT Installed
800 CostInitialize
900 FileCost
950 IsolateComponents IsolatedComponent RedirectedDLLSupport
1000 CostFinalize
1100 SetODBCFolders ODBCDriver|ODBCTranslator
1200 MigrateFeatureStates Upgrade
1400 InstallValidate
1450 RemoveExistingProducts Upgrade
1500 InstallInitialize
1600 ProcessComponents
1700 UnpublishComponents PublishComponent
1750 MsiUnpublishAssemblies MsiAssembly
1800 UnpublishFeatures
1900 StopServices ServiceControl VersionNT
2000 DeleteServices ServiceControl VersionNT
2100 UnregisterComPlus Complus
2200 SelfUnregModules SelfReg
2300 UnregisterTypeLibraries TypeLib
2400 RemoveODBC ODBCDriver|ODBCTranslator|ODBCDataSource
2500 UnregisterFonts Font
2600 RemoveRegistryValues Registry|RemoveRegistry
2700 UnregisterClassInfo Class
2800 UnregisterExtensionInfo Extension
2900 UnregisterProgIdInfo ProgId
3000 UnregisterMIMEInfo MIME
3100 RemoveIniValues IniFile|RemoveIniFile
3200 RemoveShortcuts Shortcut
3300 RemoveEnvironmentStrings Environment
3400 RemoveDuplicateFiles DuplicateFile
3500 RemoveFiles File|RemoveFile
3600 RemoveFolders CreateFolder
3700 CreateFolders CreateFolder
3800 MoveFiles MoveFile
4000 InstallFiles File
4090 PatchFiles Patch
4210 DuplicateFiles DuplicateFile
4300 BindImage BindImage
4500 CreateShortcuts Shortcut
4600 RegisterClassInfo Class
4700 RegisterExtensionInfo Extension
4800 RegisterProgIdInfo ProgId
4900 RegisterMIMEInfo MIME
5000 WriteRegistryValues Registry
5100 WriteIniValues IniFile|RemoveIniFile
5200 WriteEnvironmentStrings Environment
5300 RegisterFonts Font
5400 InstallODBC ODBCDriver|ODBCTranslator|ODBCDataSource
5500 RegisterTypeLibraries TypeLib
5600 SelfRegModules SelfReg
5700 RegisterComPlus Complus
5800 InstallServices ServiceInstall VersionNT
5850 MsiConfigureServices MsiServiceConfig|MsiServiceConfigFailureActions VersionMsi >= "5.00"
5900 StartServices ServiceControl VersionNT
6000 RegisterUser
6100 RegisterProduct
6200 PublishComponents PublishComponent
6250 MsiPublishAssemblies MsiAssembly
6300 PublishFeatures
6400 PublishProduct
6600 InstallFinalize`

const chosen = (pattern: RegExp): string => execute.split('\n').filter((line) => pattern.test(line)).join('\n')

function standardActions(table: SequenceTable): StandardAction[] {
  return textOf(table).split('\n').map((line) => {
    const [, number, action, tables, condition] = /^(\d+) (\w+)(?: ([\w|]+))?(?: (.+))?$/.exec(line)!
    return { action: action!, number: Number(number), ...(tables !== undefined && { tables: tables.split('|') }), ...(condition !== undefined && { condition }) }
  })
}

function textOf(table: SequenceTable): string {
  switch (table) {
    case 'InstallExecuteSequence': return execute
    case 'InstallUISequence': return `${chosen(/^\d{2,3} |^1000 |^1200 /)}\n1300 ExecuteAction`
    case 'AdminExecuteSequence': return `${chosen(/ (CostInitialize|FileCost|CostFinalize|InstallValidate|InstallInitialize|InstallFiles|PatchFiles|InstallFinalize)\b/)}\n3900 InstallAdminPackage`
    case 'AdminUISequence': return `${chosen(/ (CostInitialize|FileCost|CostFinalize)\b/)}\n1300 ExecuteAction`
    case 'AdvtExecuteSequence': return chosen(/ (CostInitialize|CostFinalize|InstallValidate|InstallInitialize|CreateShortcuts|Register(Class|Extension|ProgId|MIME)Info|PublishComponents|MsiPublishAssemblies|PublishFeatures|PublishProduct|InstallFinalize)\b/)
  }
}

/**
 * The rows of a sequence table, by number. Places beside another action are filled in the order in which they were
 * asked for: of two actions after the same one, the first comes first.
 *
 * @throws WindowsError ERROR_INVALID_PARAMETER for a place beside an action that is not there, or where no number is free
 */
export function sequenceRows(table: SequenceTable, hasRows: (table: string) => boolean, scheduled: readonly Scheduled[]): { Action: string; Condition: string | null; Sequence: number }[] {
  const rows = new Map<string, { Action: string; Condition: string | null; Sequence: number }>()
  const taken = new Set<number>()
  const place = (action: string, number: number, condition: string | undefined): void => {
    taken.add(number)
    rows.set(action, { Action: action, Condition: condition ?? null, Sequence: number })
  }
  const overridden = new Set(scheduled.map(({ action }) => action))
  for (const { action, number, tables, condition } of standardActions(table)) {
    if (!overridden.has(action) && (tables === undefined || tables.some(hasRows))) place(action, number, condition)
  }
  for (const { action, position, condition } of scheduled) if (typeof position === 'number') place(action, position, condition)
  let waiting = scheduled.filter(({ position }) => typeof position === 'object')
  while (waiting.length > 0) {
    const still = waiting.filter(({ action, position, condition }) => {
      const number = besides(position, rows, taken)
      if (number === undefined) return true
      place(action, number, condition)
      return false
    })
    if (still.length === waiting.length) {
      throw new WindowsError('ERROR_INVALID_PARAMETER', `${table}, action ${still[0]!.action}: expected a place beside an action of the sequence, found ${JSON.stringify(still[0]!.position)}`)
    }
    waiting = still
  }
  return [...rows.values()].sort((a, b) => a.Sequence - b.Sequence)
}

function besides(position: SequencePosition, rows: ReadonlyMap<string, { Sequence: number }>, taken: ReadonlySet<number>): number | undefined {
  if (typeof position !== 'object') return undefined
  const isAfter = 'after' in position
  const anchor = rows.get(isAfter ? position.after : position.before)
  if (anchor === undefined) return undefined
  const step = isAfter ? 1 : -1
  let number = anchor.Sequence + step
  while (taken.has(number)) number += step
  return number > 0 ? number : undefined
}
