// Runs custom actions: at once, or captured in the script; and what their results mean.
// https://learn.microsoft.com/windows/win32/msi/custom-action-return-values
import type { CustomActionOperation, Perform } from '../script/index.ts'
import { moveDirectory } from '../session/costing.ts'
import { ActionStatus } from '../session/features/states.ts'
import type { InstallSession } from '../session/install-session.ts'
import { InstallError } from '../session/messages/install-error.ts'
import { MessageType } from '../session/messages/messages.ts'
import type { DeferredContext } from '../session/package-session.ts'
import { CustomActionFlag, hasFlag, isInScript, kindOf, sourceKindOf, type CustomAction, type CustomActionKind } from './custom-action.ts'
import { waitsForFirstBoot } from './first-boot.ts'
import { runLibrary, type LibraryOutcome } from './library.ts'
import { nativeAction, quietCommand, type QuietCommand } from './native/index.ts'
import { runNestedInstallation } from './nested.ts'
import { runProgram, type ProgramAction, type ProgramOutcome } from './program.ts'
import { runScriptAction, type ScriptOutcome } from './script.ts'

export async function runCustomAction(session: InstallSession, action: CustomAction): Promise<ActionStatus> {
  if (action.kind === 'invalid') throw new InstallError(2723, [action.name])
  if (isInScript(action)) return capture(session, action)
  switch (action.kind) {
    case 'set-property': return setProperty(session, action)
    case 'set-directory': return setDirectory(session, action)
    case 'error': return showError(session, action)
    default: return external(session, resolve(session, action))
  }
}

function setProperty(session: InstallSession, { type, source, target }: CustomAction): ActionStatus {
  const value = session.format(target)
  if (hasFlag(type, CustomActionFlag.hideTarget)) session.installation.secrets.add(value)
  session.properties.set(source, value)
  if (source === 'SourceDir') session.directoryTree?.forgetSources()
  return ActionStatus.success
}

function setDirectory(session: InstallSession, { source, target }: CustomAction): ActionStatus {
  if (session.costing === 'none') {
    // There is no directory yet to be moved. The documentation has a number for it and no word on the result.
    session.messages.plain(`DEBUG: Error 2732:  ${new InstallError(2732).message}`, 'e')
    return ActionStatus.success
  }
  moveDirectory(session, source, session.format(target))
  return ActionStatus.success
}

/** A number is a row of the Error table. */
async function showError(session: InstallSession, { name, target }: CustomAction): Promise<ActionStatus> {
  const text = session.format(target)
  const number = /^\d+$/.test(text.trim()) ? Number(text) : undefined
  if (number === undefined) await session.messages.send(MessageType.error, [text.replaceAll('[', '[\\[]')], { buttons: 'ok' })
  else await session.messages.error(number)
  throw new InstallError(number ?? 0, [], { action: name, reported: true })
}

/** What the executor gets later: everything formatted as it is now. */
async function capture(session: InstallSession, action: CustomAction): Promise<ActionStatus> {
  const native = nativeAction(action)
  if (native?.write !== undefined) return await native.write(session, { action: action.name, source: action.source, deferred: undefined }) ?? ActionStatus.success
  const isRollback = hasFlag(action.type, CustomActionFlag.rollback)
  const isCommit = hasFlag(action.type, CustomActionFlag.commit)
  if ((isRollback || isCommit) && session.properties.get('RollbackDisabled') !== '') {
    session.messages.log(`Skipping action: ${action.name} (rollback is disabled)`)
    return ActionStatus.notExecuted
  }
  const resolved = resolve(session, action)
  const { source, target } = resolved
  const customActionData = session.properties.get(action.name)
  const hidden = hasFlag(action.type, CustomActionFlag.hideTarget) || session.properties.isHidden(action.name)
  if (hidden) session.installation.secrets.add(customActionData)
  if (native === undefined && waitsForFirstBoot(session, { ...resolved, customActionData })) return ActionStatus.success
  session.emit({
    op: isRollback ? 'CustomActionRollback' : isCommit ? 'CustomActionCommit' : 'CustomActionSchedule',
    action: action.name, actionType: action.type, source, target, customActionData, hidden,
  })
  return ActionStatus.success
}

/** An action ready to run: source found, target formatted. */
interface Resolved extends ProgramAction {
  readonly deferred: DeferredContext | undefined
  readonly type: number
  readonly kind: CustomActionKind
  readonly perform?: Perform
}

function resolve(session: InstallSession, action: CustomAction): Resolved {
  const { name, type, kind, sourceKind, target } = action
  const inline = (kind === 'jscript' || kind === 'vbscript') && sourceKind === 'directory'
  const resolved: Resolved = {
    action: name, type, kind, sourceKind, source: sourceOf(session, action, inline), target: inline ? target : session.format(target),
    hidden: hasFlag(type, CustomActionFlag.hideTarget) || session.properties.isHidden(name), deferred: undefined,
  }
  if (resolved.hidden) session.installation.secrets.add(resolved.target)
  return resolved
}

function sourceOf(session: InstallSession, { name, sourceKind, source, kind }: CustomAction, inline: boolean): string {
  if (inline || kind === 'installation') return source
  switch (sourceKind) {
    case 'binary':
      if (session.database.stream(`Binary.${source}`) === undefined) throw new InstallError(2721, [name])
      return source
    case 'file':
      if (!session.files.has(source) && session.costing !== 'none') throw new InstallError(2722, [name])
      return session.filePath(source)
    case 'directory': return source === '' ? '' : session.directories.target(source)
    default: return session.properties.get(source)
  }
}

/** Code of the package: run, if the policy is to run it and this machine can. */
async function external(session: InstallSession, action: Resolved): Promise<ActionStatus> {
  const { planning, customActions } = session.installation.settings
  const native = nativeAction(action)
  const what = native === undefined ? describe(action) : `${describe(action)}, done by the installer itself`
  if (planning) {
    session.messages.log(`Custom action ${action.action} is not run: ${what}`)
    session.installation.planImmediateAction(session, action.action, what)
    return await native?.plan?.(session, action) ?? ActionStatus.success
  }
  if (native !== undefined) {
    session.messages.log(`Custom action ${action.action}: ${what}`)
    return await native.run?.(session, action) ?? ActionStatus.success
  }
  if (customActions !== 'run') return forbidden(session, action, customActions)
  if (hasFlag(action.type, CustomActionFlag.async) && (action.kind === 'program' || action.kind === 'library')) return runLater(session, action)
  return runNow(session, action)
}

async function runNow(session: InstallSession, action: Resolved): Promise<ActionStatus> {
  const quiet = action.kind === 'library' ? quietCommand(session, action.target, action.deferred) : undefined
  if (quiet !== undefined) return runQuietly(session, action, quiet)
  if (action.kind === 'library') return judgeLibrary(session, action, await runLibrary(session, action))
  if (action.kind === 'installation') return judgeInstallation(session, action, await runNestedInstallation(session, action))
  if (action.kind === 'jscript' || action.kind === 'vbscript') return judgeScript(session, action, await runScriptAction(session, { ...action, kind: action.kind }))
  if (action.kind !== 'program') return unable(session, action, 'its type is not supported')
  const outcome = await runProgram(session, action)
  return outcome.ran ? judge(session, action, outcome) : unable(session, action, outcome.why)
}

/** A library that only runs a program: no library is needed for that. */
async function runQuietly(session: InstallSession, action: Resolved, { commandLine, silent }: QuietCommand): Promise<ActionStatus> {
  const program: Resolved = { ...action, kind: 'program', sourceKind: 'directory', source: '', target: commandLine }
  if (commandLine === '') return unable(session, program, 'it has no command line')
  const outcome = await runProgram(session, program)
  if (!outcome.ran) return unable(session, program, outcome.why)
  return judge(session, program, silent ? { ...outcome, result: { ...outcome.result, output: '' } } : outcome)
}

/** The policy: no code of the package runs, not even what this machine could run. */
function forbidden({ messages }: InstallSession, action: Resolved, policy: 'skip' | 'fail'): ActionStatus {
  messages.log(`Custom action ${action.action} (${describe(action)}) is not run: the policy for custom actions is ${policy}`)
  if (policy === 'fail') throw failureOf(action)
  messages.log(`Skipping action: ${action.action} (custom actions are skipped)`)
  return ActionStatus.success
}

/** The sequence goes on; its end waits for the program unless it was let go (Async with Continue). */
function runLater(session: InstallSession, action: Resolved): ActionStatus {
  const letGo = action.kind === 'program' && hasFlag(action.type, CustomActionFlag.continue)
  const running = runNow(session, { ...action, letGo }).then((status) => {
    if (status !== ActionStatus.success && !hasFlag(action.type, CustomActionFlag.continue)) {
      throw new InstallError(1722, [action.action, action.source, shownTarget(action)], { action: action.action, reported: true })
    }
  })
  // A failure is looked at when the sequence ends.
  running.catch(() => {})
  if (!hasFlag(action.type, CustomActionFlag.continue)) session.asynchronous.push(running)
  return ActionStatus.success
}

async function judge(session: InstallSession, action: Resolved, { result }: Extract<ProgramOutcome, { ran: true }>): Promise<ActionStatus> {
  const { messages } = session
  for (const line of result.output.split(/\r?\n/)) if (line !== '') messages.log(`${action.action}: ${line}`)
  if (result.outcome === 'exited' && result.exitCode === 0) return ActionStatus.success
  if (result.outcome === 'cancelled') return ActionStatus.userExit
  const what = result.outcome === 'exited' ? `returned actual error code ${result.exitCode}`
    : result.outcome === 'timed-out' ? `was ended after ${session.installation.settings.timeLimitMs / 1000} seconds` : `could not be started: ${result.problem ?? ''}`
  if (hasFlag(action.type, CustomActionFlag.continue)) {
    messages.log(`CustomAction ${action.action} ${what} but will be translated to success due to continue marking`)
    return ActionStatus.success
  }
  messages.log(`CustomAction ${action.action} ${what}`)
  await messages.error(result.outcome === 'not-started' ? 1721 : 1722, action.action, action.source, shownTarget(action))
  session.failure ??= new InstallError(1722, [action.action, action.source, shownTarget(action)], { action: action.action, reported: true })
  return ActionStatus.failure
}

function judgeLibrary(session: InstallSession, action: Resolved, outcome: LibraryOutcome): ActionStatus | Promise<ActionStatus> {
  if (!outcome.ran) return unable(session, action, outcome.why)
  const { status, code } = outcome
  if (status !== ActionStatus.failure) return status
  if (hasFlag(action.type, CustomActionFlag.continue)) {
    session.messages.log(`CustomAction ${action.action} returned actual error code ${code} but will be translated to success due to continue marking`)
    return ActionStatus.success
  }
  session.messages.log(`CustomAction ${action.action} returned actual error code ${code} (note this may not be 100% accurate if translation happened inside sandbox)`)
  session.failure ??= new InstallError(0, [], { action: action.action, reported: true })
  return ActionStatus.failure
}

/** An error in a script is message 1720; where results are ignored it is told all the same, and stops nothing. */
async function judgeScript(session: InstallSession, action: Resolved, outcome: ScriptOutcome): Promise<ActionStatus> {
  const { messages } = session
  const forgives = hasFlag(action.type, CustomActionFlag.continue)
  if (outcome.ran && outcome.status !== ActionStatus.failure) return outcome.status
  if ('cancelled' in outcome) return ActionStatus.userExit
  if (!outcome.ran) {
    const { number, source, description, line, column, text } = outcome.problem
    const fields = [action.action, number, source, description, line, column, text] as const
    if (forgives) messages.info(1720, ...fields)
    else await messages.error(1720, ...fields)
    session.failure ??= forgives ? undefined : new InstallError(1720, fields, { action: action.action, reported: true })
  }
  const what = `CustomAction ${action.action} returned actual error code 1603`
  if (forgives) {
    messages.log(`${what} but will be translated to success due to continue marking`)
    return ActionStatus.success
  }
  messages.log(`${what} (note this may not be 100% accurate if translation happened inside sandbox)`)
  session.failure ??= new InstallError(0, [], { action: action.action, reported: true })
  return ActionStatus.failure
}

/** A restart that the nested product asks for is asked for at the end of this one, unless results are ignored. */
async function judgeInstallation(session: InstallSession, action: Resolved, code: number): Promise<ActionStatus> {
  if (code === 0 || code === 3010 || code === 1641) return ActionStatus.success
  if (hasFlag(action.type, CustomActionFlag.continue)) {
    session.messages.log(`CustomAction ${action.action} returned actual error code ${code} but will be translated to success due to continue marking`)
    return ActionStatus.success
  }
  if (code === 1602) return ActionStatus.userExit
  throw new InstallError(1713, [session.product.productName, code], { action: action.action })
}

function shownTarget({ target, hidden }: Resolved): string {
  return hidden ? '**********' : target
}

/** Never in silence: said in the log, then forgiven by Continue, or a failure. */
function unable({ messages }: InstallSession, action: Resolved, why: string): ActionStatus {
  messages.log(`Custom action ${action.action} (${describe(action)}) cannot be run here: ${why}`)
  if (hasFlag(action.type, CustomActionFlag.continue)) {
    messages.log(`CustomAction ${action.action} was not run but will be translated to success due to continue marking`)
    return ActionStatus.success
  }
  throw failureOf(action)
}

/** What is wrong when an action is not run. */
function failureOf(action: Resolved): InstallError {
  const number = { program: 1721, library: 1723, jscript: 2739, vbscript: 2738, installation: 1713 }[action.kind as string] ?? 2723
  const fields = number === 1723 ? [action.action, action.target, action.source] : [action.action, action.source, shownTarget(action)]
  return new InstallError(number, fields, { action: action.action })
}

function describe({ type, kind, sourceKind, source, target, hidden }: Resolved): string {
  const shown = hidden ? '**********' : target
  return `type ${type}, ${kind} in ${sourceKind === 'binary' ? `Binary.${source}` : source.slice(0, 200) || sourceKind}${shown === '' ? '' : `, target ${shown.slice(0, 200)}`}`
}

/** For the executor of the script: deferred, rollback and commit actions when their turn has come. */
export async function runCapturedAction(session: InstallSession, operation: CustomActionOperation, phase: 'deferred' | 'rollback' | 'commit', perform?: Perform): Promise<ActionStatus> {
  const { actionType: type } = operation
  const action: Resolved = {
    action: operation.action, type, kind: kindOf(type), sourceKind: sourceKindOf(type), source: operation.source, target: operation.target, hidden: operation.hidden,
    deferred: { phase, customActionData: operation.customActionData }, ...(perform === undefined ? {} : { perform }),
  }
  // A recovery has seen no properties.
  if (operation.hidden) for (const secret of [operation.target, operation.customActionData]) session.installation.secrets.add(secret)
  session.messages.log(`Running ${phase} custom action ${operation.action}`)
  try {
    return phase === 'rollback' ? await undo(session, action) : await external(session, action)
  } catch (error) {
    if (!(error instanceof InstallError)) throw error
    if (phase === 'rollback') return ActionStatus.failure
    session.failure ??= error
    if (!error.reported) await session.messages.error(error.messageNumber, ...error.fields)
    error.reported = true
    return ActionStatus.failure
  }
}

/** Rollback actions are waited for, and where no code of packages runs there is nothing for them to undo. */
async function undo(session: InstallSession, action: Resolved): Promise<ActionStatus> {
  if (session.installation.settings.customActions === 'run') return runNow(session, action)
  return forbidden(session, action, 'skip')
}
