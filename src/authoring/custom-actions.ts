// Custom actions by what they do; the numbers of CustomAction.Type are made here.
// https://learn.microsoft.com/windows/win32/msi/summary-list-of-all-custom-action-types

export interface CustomAction {
  readonly type: number
  readonly source?: string
  readonly target?: string
}

/** Where a program, library or script is. */
export type CustomActionSource = { readonly binary: string } | { readonly file: string } | { readonly folder: string } | { readonly property: string }

export interface CustomActionOptions {
  /** `immediate` when absent. */
  readonly execution?: 'immediate' | 'deferred' | 'rollback' | 'commit'
  /** False runs deferred actions as the system; true when absent. */
  readonly impersonate?: boolean
  /** Whether a failure is ignored. */
  readonly ignoreResult?: boolean
  /** Returns before the program ends; with `ignoreResult` the installation does not wait for its end either. */
  readonly async?: boolean
  /** How often, when the action is in both sequences. */
  readonly repeat?: 'first-sequence' | 'once-per-process' | 'client-repeat'
  readonly hideTarget?: boolean
  readonly is64BitScript?: boolean
}

const kind = { dll: 1, exe: 2, text: 3, jscript: 5, vbscript: 6 } as const
const place = { binary: 0, file: 0x10, folder: 0x20, property: 0x30 } as const
const flag = { ignoreResult: 0x40, async: 0x80, script64Bit: 0x1000, noImpersonate: 0x800, hideTarget: 0x2000 } as const
const executions = { immediate: 0, deferred: 0x400, rollback: 0x500, commit: 0x600 } as const
const repeats = { 'first-sequence': 0x100, 'once-per-process': 0x200, 'client-repeat': 0x300 } as const

/** Sets a property to Formatted text. */
export function setProperty(property: string, value: string, options?: CustomActionOptions): CustomAction {
  return { type: kind.text | place.property | flags(options), source: property, target: value }
}

/** Sets the path of a folder. */
export function setFolder(folder: string, path: string, options?: CustomActionOptions): CustomAction {
  return { type: kind.text | place.folder | flags(options), source: folder, target: path }
}

/** Shows a message, Formatted or the number of a row of the Error table, and fails. */
export function failWith(message: string, options?: CustomActionOptions): CustomAction {
  return { type: kind.text | place.file | flags(options), target: message }
}

/** Runs a program; from a folder, `commandLine` begins with the program. */
export function runProgram(source: CustomActionSource, commandLine: string, options?: CustomActionOptions): CustomAction {
  return { ...placed(kind.exe, source, options), target: commandLine }
}

/** Calls an entry point of a library in Binary or File. */
export function callLibrary(source: CustomActionSource, entryPoint: string, options?: CustomActionOptions): CustomAction {
  return { ...placed(kind.dll, source, options), target: entryPoint }
}

/** Runs a script, or calls a function of it. */
export function runScript(language: 'jscript' | 'vbscript', source: CustomActionSource, functionName?: string, options?: CustomActionOptions): CustomAction {
  return { ...placed(kind[language], source, options), ...(functionName !== undefined && { target: functionName }) }
}

function placed(base: number, source: CustomActionSource, options: CustomActionOptions | undefined): { type: number; source: string } {
  const [where, key] = Object.entries(source)[0] as [keyof typeof place, string]
  return { type: base | place[where] | flags(options), source: key }
}

function flags(options: CustomActionOptions = {}): number {
  return executions[options.execution ?? 'immediate'] | (options.repeat === undefined ? 0 : repeats[options.repeat])
    | (options.impersonate === false ? flag.noImpersonate : 0) | (options.ignoreResult === true ? flag.ignoreResult : 0)
    | (options.async === true ? flag.async : 0) | (options.hideTarget === true ? flag.hideTarget : 0)
    | (options.is64BitScript === true ? flag.script64Bit : 0)
}
