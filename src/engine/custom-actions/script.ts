// Script custom actions: types 5, 21, 37, 53 (JScript) and 6, 22, 38, 54 (VBScript). A script runs in an interpreter of its own that
// reaches the session and the root, and nothing of the host; the interpreters are loaded when the first script is run.
// https://learn.microsoft.com/windows/win32/msi/scripts, return-values-of-jscript-and-vbscript-custom-actions
import { readAll, WindowsError } from '../../base/index.ts'
import type { ScriptHost, SessionPort, Variant } from '../../scripting/index.ts'
import type { Operation } from '../script/operation.ts'
import { ActionStatus, type InstallState } from '../session/features/states.ts'
import type { InstallSession } from '../session/install-session.ts'
import { InstallError } from '../session/messages/install-error.ts'
import { MessageType, type MessageButtons } from '../session/messages/messages.ts'
import { PackageSession, type DeferredContext } from '../session/package-session.ts'
import type { CustomActionSource } from './custom-action.ts'
import type { RootScriptFiles } from './script-files.ts'
import { rootInstallerPort } from './script-machine.ts'
import { scriptObjects } from './script-objects.ts'

export interface ScriptAction {
  readonly action: string
  readonly kind: 'jscript' | 'vbscript'
  readonly sourceKind: CustomActionSource
  /** Binary key, full path of the file, or the text itself. */
  readonly source: string
  /** Function to be called; of a script in the Target column the text. */
  readonly target: string
  readonly hidden: boolean
  readonly deferred: DeferredContext | undefined
  readonly type: number
  /** Of a deferred one: does an operation of the script at once. */
  readonly perform?: (operation: Operation) => void
}

export type ScriptOutcome =
  | { readonly ran: true; readonly status: ActionStatus }
  | { readonly ran: false; readonly problem: ScriptProblem }
  | { readonly ran: false; readonly cancelled: true }

/** What message 1720 says. */
export interface ScriptProblem {
  readonly number: number
  readonly source: string
  readonly description: string
  readonly line: number
  readonly column: number
  readonly text: string
}

/** Thrown into a script that is cancelled. */
class Cancelled extends Error {}

/** Scripts within each other, each with an interpreter of its own. */
const mostWithin = 16

export async function runScriptAction(session: InstallSession, action: ScriptAction): Promise<ScriptOutcome> {
  const { installation } = session
  if (installation.runningScripts >= mostWithin) return { ran: false, problem: limit(`more than ${mostWithin} scripts run each other`) }
  installation.runningScripts++
  try {
    return await runInSandbox(session, action)
  } finally {
    installation.runningScripts--
  }
}

function limit(description: string, position?: { readonly line: number; readonly column: number }): ScriptProblem {
  return { number: 0x800a0007 | 0, source: 'msikit', description, line: position?.line ?? 0, column: position?.column ?? 0, text: '' }
}

async function runInSandbox(session: InstallSession, action: ScriptAction): Promise<ScriptOutcome> {
  const scripting = await import('../../scripting/index.ts')
  const { settings } = session.installation
  using handle = new PackageSession(session, action.deferred === undefined ? {} : { deferred: action.deferred })
  const installer = new scripting.InstallerObject(rootInstallerPort(session.platform, `${settings.installerVersion.major}.${settings.installerVersion.minor}`))
  const automation = installer.wrapSession(sessionPort(handle))
  const ask = (text: string, buttons: number): number | Promise<number> => sessionPort(handle).message((MessageType.user << 24) | (buttons & 0xff0f), [text.replaceAll('[', '[\\[]')])
  const objects = scriptObjects(session, action, scripting, ask)
  const host: ScriptHost = {
    objects: new Map([['Session', { object: automation, globalMembers: true }]]),
    createObject: (id) => {
      if (/^WindowsInstaller\.Installer$/i.test(id)) return installer
      if (/^Scripting\.FileSystemObject$/i.test(id)) return objects.fileSystem
      if (/^WScript\.Shell$/i.test(id)) return objects.shell
      session.messages.log(`Custom action ${action.action}: its script asks for ${id}, which scripts of packages do not get`)
      return undefined
    },
    now: () => session.platform.clock.now(), utcOffsetMinutes: 0,
    messageBox: ask,
    breathe: async () => {
      await session.platform.clock.sleep(0)
      if (settings.signal?.aborted === true) throw new Cancelled('cancelled')
    },
  }
  const inline = action.sourceKind === 'directory'
  try {
    const result = await scripting.runScript({
      language: action.kind, source: scriptText(session, action, scripting.decodeScript), host, limits: { milliseconds: settings.timeLimitMs },
      ...(inline || action.target === '' ? {} : { entryPoint: action.target }),
    })
    guardedFlush(objects.files, scripting)
    return { ran: true, status: inline || action.target === '' ? ActionStatus.success : statusOf(result, scripting.toLong) }
  } catch (error) {
    if (error instanceof Cancelled) return { ran: false, cancelled: true }
    if (error instanceof scripting.ScriptLimitError) return { ran: false, problem: limit(error.message, error.position) }
    if (!(error instanceof scripting.ScriptError)) throw error
    const { result, source, message, position, text } = error
    return { ran: false, problem: { number: result, source, description: message, line: position?.line ?? 0, column: position?.column ?? 0, text: action.hidden ? '' : (text ?? '').trim() } }
  }
}

/** What a script left unwritten; a failure is one of the script. */
function guardedFlush(files: RootScriptFiles, scripting: typeof import('../../scripting/index.ts')): void {
  try {
    files.flush()
  } catch (error) {
    if (error instanceof WindowsError) throw new scripting.ScriptError(70, error.message)
    throw error
  }
}

function scriptText(session: InstallSession, { action, sourceKind, source, target }: ScriptAction, decode: (bytes: Uint8Array, codepage: number) => string): string {
  const { codepage } = session.database
  switch (sourceKind) {
    case 'directory': return target
    case 'property': return source
    case 'binary': {
      const stream = session.database.stream(`Binary.${source}`)
      if (stream === undefined) throw new InstallError(2721, [action])
      return decode(readAll(stream), codepage)
    }
    default: {
      if (session.platform.files.stat(source) === undefined) throw new InstallError(2722, [action])
      using file = session.platform.files.open(source)
      return decode(readAll(file), codepage)
    }
  }
}

/** A sub, or a function that says nothing, has done its work. */
function statusOf(result: Variant, toLong: (value: Variant) => number): ActionStatus {
  if (result === undefined) return ActionStatus.success
  const status = typeof result === 'boolean' || typeof result === 'object' || typeof result === 'string' ? numberOf(result, toLong) : undefined
  return status !== undefined && status >= ActionStatus.notExecuted && status <= ActionStatus.finished ? status as ActionStatus : ActionStatus.failure
}

function numberOf(result: Variant, toLong: (value: Variant) => number): number | undefined {
  try {
    return toLong(result)
  } catch {
    return undefined
  }
}

const buttonSets: readonly MessageButtons['buttons'][] = ['ok', 'ok-cancel', 'abort-retry-ignore', 'yes-no-cancel', 'yes-no', 'retry-cancel']

const icons = ['stop', 'question', 'warning', 'information'] as const

/** The session as automation takes it: states and kinds of messages are plain numbers there. */
export function sessionPort(handle: PackageSession): SessionPort {
  return {
    get database() { return handle.database },
    get language() { return handle.language },
    property: (name) => handle.property(name), setProperty: (name, value) => { handle.setProperty(name, value) },
    productProperty: (name) => handle.productProperty(name), format: (fields) => handle.format(fields), condition: (text) => handle.condition(text),
    doAction: (name) => handle.doAction(name), sequence: (table) => handle.sequence(table),
    targetPath: (folder) => handle.targetPath(folder), setTargetPath: (folder, path) => { handle.setTargetPath(folder, path) }, sourcePath: (folder) => handle.sourcePath(folder),
    featureState: (name) => handle.featureState(name), setFeatureState: (name, state) => { handle.setFeatureState(name, state as InstallState) },
    featureInfo: (name) => handle.featureInfo(name), setFeatureAttributes: (name, attributes) => { handle.setFeatureAttributes(name, attributes) },
    featureCost: (name, tree, state) => handle.featureCost(name, tree, state as InstallState),
    componentState: (name) => handle.componentState(name), setComponentState: (name, state) => { handle.setComponentState(name, state as InstallState) },
    componentCosts: (name, state) => handle.componentCosts(name, state as InstallState), setInstallLevel: (level) => { handle.setInstallLevel(level) },
    mode: (mode) => handle.mode(mode), setMode: (mode, on) => { handle.setMode(mode, on) },
    message: (kind, fields) => handle.message((kind >>> 24) as MessageType, fields, buttonsOf(kind & 0xffffff)),
  }
}

function buttonsOf(bits: number): MessageButtons | undefined {
  if (bits === 0) return undefined
  const chosen = (bits >> 8 & 3) + 1
  const icon = icons[(bits >> 4 & 0x0f) - 1]
  return { buttons: buttonSets[bits & 0x0f] ?? 'ok', ...(chosen === 1 || chosen > 3 ? {} : { defaultButton: chosen as 2 | 3 }), ...(icon === undefined ? {} : { icon }) }
}
