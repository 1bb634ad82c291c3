// Transactions of sessions: begun by InstallInitialize, executed in segments, committed by InstallFinalize or taken back.
// A plan collects the script instead. docs/design/script.md; https://learn.microsoft.com/windows/win32/msi/rollback-installation
import { isFullPath, joinPath, WindowsError, type ByteSource } from '../../base/index.ts'
import { runCapturedAction, selfRegister } from '../custom-actions/index.ts'
import { administrativeImage, patchedImage } from '../package/administrative-image.ts'
import { scriptTicks, Transaction, type HostOperation, type ScriptHost, type ScriptSources, type SourceFile } from '../script/index.ts'
import { ActionStatus } from '../session/features/states.ts'
import type { InstallSession } from '../session/install-session.ts'
import { InstallError } from '../session/messages/install-error.ts'
import { MessageType } from '../session/messages/messages.ts'

/** InstallInitialize. A nested session within the transaction of its parent joins that one. */
export function beginTransaction(session: InstallSession): void {
  const { parent } = session.parts
  const { settings } = session.installation
  if (parent?.transaction !== undefined) {
    session.transaction = parent.transaction
    return
  }
  const { productCode, productName } = session.product
  const { shared } = session.installation
  if (shared !== undefined) {
    if (session.properties.get('RollbackDisabled') !== '') throw rollbackNeeded(productName)
    session.transaction = { owner: undefined, script: shared.script }
    return
  }
  const script = settings.planning ? undefined : new Transaction({
    platform: session.platform, product: { productCode, productName }, rollbackDisabled: session.properties.get('RollbackDisabled') !== '',
    durability: settings.durability, ...(settings.signal === undefined ? {} : { signal: settings.signal }),
  })
  session.transaction = { owner: session, script }
}

/** Executes what was written so far; a failure is thrown with its message shown. */
export async function executeScript(session: InstallSession): Promise<void> {
  const entries = session.takeScript()
  if (entries.length === 0) return
  const { transaction, installation, messages, properties } = session
  if (transaction === undefined) throw new InstallError(2763)
  if (transaction.script === undefined) return installation.plan(session, entries)
  properties.set('UpdateStarted', '1')
  const { progress } = installation
  await messages.send(MessageType.progress, progress.start(messages.isUnheard ? 0 : scriptTicks(entries)))
  try {
    await transaction.script.execute(entries, scriptHost(session))
    const rest = progress.rest()
    if (rest !== undefined) await messages.send(MessageType.progress, rest)
  } finally {
    progress.stop()
  }
}

/** InstallFinalize, once the last segment ran. A nested session leaves it to the owner. */
export async function commit(session: InstallSession): Promise<void> {
  const { transaction } = session
  if (transaction === undefined) throw new InstallError(2502)
  session.transaction = undefined
  if (transaction.owner !== session || transaction.script === undefined) return
  const report = await transaction.script.commit(scriptHost(session)).catch(async (error: unknown) => {
    session.transaction = transaction
    throw error
  })
  if (report.inUse.length > 0) noteReplacedInUse(session)
}

export function noteReplacedInUse({ properties, installation }: InstallSession): void {
  properties.set('ReplacedInUseFiles', '1')
  installation.rebootReasons.add('files in use')
}

/** What the session's end leaves open is taken back. Never throws. */
export async function rollback(session: InstallSession): Promise<void> {
  const { transaction, messages } = session
  session.takeScript()
  session.transaction = undefined
  if (transaction === undefined || transaction.owner !== session || transaction.script === undefined || !transaction.script.isOpen) return
  messages.log('User policy value \'DisableRollback\' is 0')
  const report = await transaction.script.rollback(scriptHost(session))
  if (report.problems.length > 0) messages.log(`Rollback could not undo ${report.problems.length} operation(s)`)
}

function rollbackNeeded(productName: string): WindowsError {
  return new WindowsError('ERROR_ROLLBACK_DISABLED', `${productName}: expected rollback to be enabled, as the package is one of a transaction`)
}

/** Rollback is given up from here on. */
export function disableRollback(session: InstallSession): void {
  if (session.installation.shared !== undefined) throw rollbackNeeded(session.product.productName)
  session.properties.set('RollbackDisabled', '1')
  if (session.inTransaction) session.emit({ op: 'DisableRollback' })
}

function scriptHost(session: InstallSession): ScriptHost {
  return {
    messages: session.messages, sources: scriptSources(session), packagePath: session.parts.package.path,
    runCustomAction: (operation, phase, _packagePath, perform) => runCapturedAction(session, operation, phase, perform),
    hostWork: (operation, undoing) => hostWork(session, operation, undoing),
  }
}

function scriptSources(session: InstallSession): ScriptSources {
  const { files } = session.platform
  return {
    stream: (name, patchCode): ByteSource | undefined => patchCode === undefined ? session.database.stream(name) : session.patches?.stream(patchCode, name),
    cabinetAfter: (cabinet) => cabinetAfter(session, cabinet),
    file: (path): SourceFile | undefined => {
      const full = isFullPath(path) ? path : joinPath(session.sourceRoot, path)
      const stat = files.stat(full)
      if (stat?.kind !== 'file') return undefined
      const source = files.open(full)
      return { source, modifiedMs: stat.modifiedMs, [Symbol.dispose]: () => { source[Symbol.dispose]() } }
    },
    administrativeImage: (): SourceFile => {
      const { properties } = session
      const chosen = new Map(properties.get('AdminProperties').split(';').filter((name) => properties.has(name)).map((name) => [name, properties.get(name)]))
      if (session.patches !== undefined) return { source: patchedImage(session.database, chosen, (name) => properties.get(name)), [Symbol.dispose]: () => {} }
      using file = files.open(session.parts.package.path)
      return { source: administrativeImage(file, chosen), [Symbol.dispose]: () => {} }
    },
  }
}

/** The cabinet of the next medium. */
function cabinetAfter(session: InstallSession, cabinet: string): string | undefined {
  const media = [...session.rows('Media')].sort((a, b) => (a.integer('DiskId') ?? 0) - (b.integer('DiskId') ?? 0))
  const at = media.findIndex((row) => row.text('Cabinet') === cabinet)
  return at < 0 ? undefined : media[at + 1]?.text('Cabinet') || undefined
}

/** Few services of an emulated Windows run here, and its libraries are loaded by a caller's runner only. */
async function hostWork(session: InstallSession, operation: HostOperation, undoing: boolean): Promise<string> {
  if (operation.op !== 'ServiceControl') return selfRegister(session, operation, undoing)
  const values = operation.arguments === '' ? [] : operation.arguments.split('\0')
  return session.installation.hostServices.control(operation.name, operation.control, { wait: operation.wait, undoing, values })
}

export const succeeded = (status: ActionStatus): boolean => status === ActionStatus.success || status === ActionStatus.notExecuted || status === ActionStatus.finished
