// Runs one product: the server side of a call, from the opened session to the exit code.
// https://learn.microsoft.com/windows/win32/msi/installation-mechanism, …/error-codes, …/system-reboots
import { WindowsError } from '../../base/index.ts'
import type { Package } from '../package/package.ts'
import { managedPublishRoot } from '../registration/keys.ts'
import { ActionStatus } from '../session/features/states.ts'
import type { InstallSession } from '../session/install-session.ts'
import type { Installation } from '../session/installation.ts'
import { InstallError } from '../session/messages/install-error.ts'
import { MessageType } from '../session/messages/messages.ts'
import { openServerSession, openSession } from '../session/open-session.ts'
import { beginProduct, beginUserInterface, endProduct, endUserInterface } from './frame-messages.ts'
import { decideRestart } from './restart-machine.ts'
import { reportFailure } from './run-action.ts'
import { hasSequence, runSequence, runTerminalAction } from './run-sequence.ts'
import { noteReplacedInUse, rollback, succeeded } from './transactions.ts'

export interface ProductRun {
  readonly package: Package
  readonly settings: ReadonlyMap<string, string>
  readonly engineSettings?: ReadonlyMap<string, string>
  readonly sourceDir?: string
  readonly parent?: InstallSession
  /** Files of transforms, to be kept beside the cached package. */
  readonly transformCopies?: readonly { readonly source: string; readonly destination: string }[]
  /** The execute sequence was reached through the UI sequence, which then has the closing dialogs. */
  readonly throughUi?: boolean
}

export interface ProductOutcome {
  readonly status: ActionStatus
  readonly exitCode: number
  readonly session: InstallSession
}

const executeTables: Readonly<Record<string, string>> = { INSTALL: 'InstallExecuteSequence', ADMIN: 'AdminExecuteSequence', ADVERTISE: 'AdvtExecuteSequence' }
const uiTables: Readonly<Record<string, string>> = { INSTALL: 'InstallUISequence', ADMIN: 'AdminUISequence' }

/** The execute sequence in a session of its own. */
export async function runExecuteSequence(installation: Installation, run: ProductRun): Promise<ProductOutcome> {
  const session = await openServerSession(installation, {
    package: run.package, settings: run.settings, side: 's', ...(run.engineSettings === undefined ? {} : { engineSettings: run.engineSettings }),
    ...(run.sourceDir === undefined ? {} : { sourceDir: run.sourceDir }), ...(run.parent === undefined ? {} : { parent: run.parent }),
  })
  try {
    session.transformCopies = run.transformCopies ?? []
    if (run.parent === undefined) installation.server = session
    const hasUi = run.parent === undefined && run.throughUi !== true
    if (hasUi) await beginUserInterface(session)
    await beginProduct(session)
    checkPolicies(session)
    const action = session.properties.get('EXECUTEACTION')
    const table = executeTables[action]
    let status = table === undefined ? ActionStatus.notExecuted : await runTopLevel(session, action, table)
    status = await endSession(session, status)
    if (hasUi && table !== undefined) await runTerminalAction(session, table, status)
    if (exitCodeOf(session, status) === 3010 && run.parent === undefined) await decideRestart(session)
    const exitCode = exitCodeOf(session, status)
    conclude(session, status, exitCode)
    await endProduct(session, exitCode)
    if (hasUi) await endUserInterface(session)
    return { status, exitCode, session }
  } finally {
    await session.inUse?.finish()
    if (run.parent === undefined) await installation.hostServices.end()
  }
}

/** The UI sequence on the client; ExecuteAction in it leads to the server. */
export async function runUiSequence(installation: Installation, run: ProductRun): Promise<ProductOutcome | undefined> {
  const action = run.settings.get('ACTION') ?? 'INSTALL'
  const table = uiTables[action]
  const client = openSession(installation, { package: run.package, settings: run.settings, side: 'c', ...(run.sourceDir === undefined ? {} : { sourceDir: run.sourceDir }) })
  client.transformCopies = run.transformCopies ?? []
  if (table === undefined || !hasSequence(client, table)) return undefined
  client.messages.log(`UI Sequence table '${table}' is present and populated.`)
  client.messages.log('Running UISequence')
  installation.uiSequenceRan = true
  await beginUserInterface(client)
  let status = await runTopLevel(client, action, table)
  status = await waitForAsynchronous(client, status)
  await runTerminalAction(client, table, status)
  dumpProperties(client)
  await endUserInterface(client)
  return { status, exitCode: exitCodeOf(client, status), session: client }
}

/** Whether a client with this user interface has a UI sequence to run. */
export function runsUiSequence(installation: Installation): boolean {
  return installation.settings.uiLevel === 'full' || installation.settings.uiLevel === 'reduced'
}

async function runTopLevel(session: InstallSession, action: string, table: string): Promise<ActionStatus> {
  const { messages } = session
  messages.log(`Doing action: ${action}`)
  await messages.send(MessageType.actionStart, [null, action, '', ''])
  await messages.actionStart(action)
  let status: ActionStatus
  try {
    if (session.database.table(table) === undefined) throw new InstallError(2205, ['', table], { action })
    status = await runSequence(session, table)
  } catch (error) {
    await reportFailure(session, action, error)
    status = ActionStatus.failure
  }
  await messages.actionEnd(action, status)
  return status
}

/** Waits for asynchronous custom actions, and takes back what was not committed. */
async function endSession(session: InstallSession, status: ActionStatus): Promise<ActionStatus> {
  let ended = await waitForAsynchronous(session, status)
  if (session.transaction !== undefined && (session.transaction.owner === session || session.transaction.owner === undefined) && ended !== ActionStatus.suspend) {
    if (succeeded(ended)) {
      session.messages.log('The sequence ended without InstallFinalize: the transaction is rolled back')
      if (session.script.length > 0) ended = ActionStatus.failure
    }
    await rollback(session)
  }
  if (ended === ActionStatus.suspend) await suspend(session)
  return ended
}

/** ForceReboot: what was done stays; the installation goes on after the restart. */
async function suspend(session: InstallSession): Promise<void> {
  const { transaction } = session
  session.transaction = undefined
  if (transaction?.owner !== session || transaction.script === undefined) return
  // Commit actions are for the end, which comes after the restart.
  const { inUse } = await transaction.script.commit({ messages: session.messages })
  if (inUse.length > 0) noteReplacedInUse(session)
}

async function waitForAsynchronous(session: InstallSession, status: ActionStatus): Promise<ActionStatus> {
  let ended = status
  for (const running of session.asynchronous.splice(0)) {
    try {
      await running
    } catch (error) {
      await reportFailure(session, '', error)
      if (succeeded(ended)) ended = ActionStatus.failure
    }
  }
  return ended
}

/** @throws InstallError 1625, 1643; WindowsError 1649 */
function checkPolicies(session: InstallSession): void {
  const { disableMsi, disablePatch, disablePatchUninstall } = session.parts.policies
  const { added = [], removed = [] } = session.patches ?? {}
  if (disablePatch && added[0] !== undefined) throw new InstallError(1718, [added[0].patch.code], { code: 'ERROR_PATCH_PACKAGE_REJECTED' })
  if (disablePatchUninstall && removed.length > 0) {
    throw new WindowsError('ERROR_PATCH_REMOVAL_DISALLOWED', `${session.product.productName}: the system policy DisablePatchUninstall forbids that patches are removed`)
  }
  checkPatchingRights(session)
  if (disableMsi === 2 || (disableMsi === 1 && !session.context.perMachine)) {
    throw new InstallError(1718, [session.parts.package.path], { code: 'ERROR_INSTALL_PACKAGE_REJECTED', action: session.properties.get('ACTION') })
  }
}

/**
 * What was installed for the machine, or assigned to the user, is patched by administrators, unless a policy lets others do it; its patches go by
 * administrators alone. Certificates of the package (MsiPatchCertificate) give no rights here.
 * https://learn.microsoft.com/windows/win32/msi/allowlockdownpatch, …/user-account-control--uac--patching
 */
function checkPatchingRights({ patches, context, product, platform, parts }: InstallSession): void {
  const { added = [], removed = [] } = patches ?? {}
  const isElevated = context.perMachine || parts.installed?.roots.publishRoot === managedPublishRoot(context.userDataSid)
  if (!context.isInstalled || !isElevated || platform.machine.user.isAdministrator) return
  if (added.length > 0 && !parts.policies.allowLockdownPatch) {
    throw new WindowsError('ERROR_PATCH_PACKAGE_REJECTED', `${product.productName}: only administrators may apply patches to it, unless the system policy AllowLockdownPatch lets others do it`)
  }
  if (removed.length > 0) throw new WindowsError('ERROR_PATCH_REMOVAL_DISALLOWED', `${product.productName}: only administrators may remove its patches`)
}

export function exitCodeOf(session: InstallSession, status: ActionStatus): number {
  switch (status) {
    case ActionStatus.success: case ActionStatus.notExecuted: case ActionStatus.finished:
      return !needsReboot(session) ? 0 : session.installation.restartInitiated ? 1641 : 3010
    case ActionStatus.userExit: return 1602
    case ActionStatus.suspend: return 1604
    default: return session.failure?.errno ?? 1603
  }
}

function needsReboot(session: InstallSession): boolean {
  const forced = session.properties.get('REBOOT').slice(0, 1).toUpperCase() === 'F'
  return session.installation.rebootReasons.size > 0 || (forced && session.parts.parent === undefined)
}

/** The lines that close the log of a product. */
function conclude(session: InstallSession, status: ActionStatus, exitCode: number): void {
  const { messages, product, properties } = session
  dumpProperties(session)
  const text = messages.template(conclusionNumber(session, succeeded(status)))
  messages.log(`Product: ${product.productName} -- ${text}`, 'i')
  const what = session.parts.context.isInstalled ? (properties.get('REMOVE') === 'ALL' ? 'removed' : 'reconfigured') : 'installed'
  messages.log(`Windows Installer ${what} the product. Product Name: ${product.productName}. Product Version: ${product.productVersion}. Product Language: ${product.language}. Manufacturer: ${properties.get('Manufacturer')}. ${what === 'installed' ? 'Installation' : what === 'removed' ? 'Removal' : 'Reconfiguration'} success or error status: ${exitCode === 3010 || exitCode === 1641 ? 0 : exitCode}.`, 'i')
  if (exitCode === 3010 || exitCode === 1641) logRestart(session, exitCode === 1641)
  messages.log(`MainEngineThread is returning ${exitCode}`)
}

/** Events 1029 and 1038; a restart is of type 1 when it follows at once, of type 2 when somebody else is to do it later. */
function logRestart(session: InstallSession, isInitiated: boolean): void {
  const reasons = session.installation.rebootReasons
  const reason = reasons.has('files in use') ? 1 : reasons.has('ScheduleReboot') ? 2 : reasons.has('ForceReboot') ? 3 : reasons.has('custom action') ? 4 : 0
  const { productName, productVersion, language } = session.product
  session.messages.log(`Product: ${productName}. Restart required.`, 'i')
  session.messages.log(`Windows Installer requires a system restart. Product Name: ${productName}. Product Version: ${productVersion}. Product Language: ${language}. Manufacturer: ${session.properties.get('Manufacturer')}. Type of System Restart: ${isInitiated ? 1 : 2}. Reason for Restart: ${reason}.`, 'i')
}

function conclusionNumber(session: InstallSession, success: boolean): number {
  if (session.properties.get('ACTION') === 'ADVERTISE') return success ? 1726 : 1727
  if (!session.parts.context.isInstalled) return success ? 1707 : 1708
  if (session.properties.get('REMOVE') === 'ALL') return success ? 1724 : 1725
  return success ? 1728 : 1729
}

function dumpProperties(session: InstallSession): void {
  for (const line of session.properties.dump(session.parts.side === 'c' ? 'C' : 'S')) session.messages.plain(line, 'p')
}
