// Recovery: an installation whose process ended in the middle is taken back at the next start, or finished when its
// journal says that it was committing. Repeatable: it may itself be interrupted. docs/design/recovery.md
// https://learn.microsoft.com/windows/win32/msi/rollback-installation
import { WindowsError } from '../../base/index.ts'
import type { Platform } from '../../platform/index.ts'
import { removeBackupFolder } from './backups.ts'
import { finishCommit, type CommitMessages } from './commit.ts'
import type { CustomActionRunner, HostWork, UndoContext } from './handler.ts'
import { findJournals, forgetJournal, Journal, journalFolder, journalParts, type FoundJournal } from './journal.ts'
import { isKnownOperation } from './operations/index.ts'
import { isSameProcess } from './process-identity.ts'
import { finishRollback, undoSteps, type RollbackProblem } from './rollback.ts'
import { Steps } from './steps.ts'
import { takeAwayTemporaries } from './temporary-notes.ts'

export interface RecoveryReport {
  /** Of the interrupted installation. */
  readonly productCode: string
  readonly productName: string
  /** Milliseconds since 1970-01-01 UTC. */
  readonly startedMs: number
  readonly outcome:
    | 'rolled back'
    /** It was complete: what was left to do has been done. */
    | 'completed'
    /** Some of it could not be taken back; its backups and its journal are kept under another name. */
    | 'rolled back in part'
    /** Nothing had happened yet. */
    | 'nothing to do'
    /** The process that works on it is alive. */
    | 'still running'
  readonly problems: readonly RollbackProblem[]
}

export interface RecoveryOptions {
  /** Runs rollback custom actions, where their package is at hand. */
  readonly runCustomAction?: CustomActionRunner
  readonly hostWork?: HostWork
  readonly durability?: 'process-end' | 'power-loss'
}

/**
 * Takes back, or completes, what interrupted installations left in the root. Call it with the installation lock held,
 * before anything else is done to the root. No journal, no report. Never throws for what a journal holds.
 *
 * @throws WindowsError ERROR_DISK_FULL or ERROR_WRITE_PROTECT when that kept something from being taken back: the journal stays for the next start
 */
export async function recoverInterruptedInstallation(platform: Platform, log: (line: string) => void, options: RecoveryOptions = {}): Promise<readonly RecoveryReport[]> {
  const reports: RecoveryReport[] = []
  takeAwayTemporaries(platform, false)
  // The youngest first: it may have changed what an older one had.
  const found = findJournals(platform).sort((a, b) => (b.header?.startedMs ?? 0) - (a.header?.startedMs ?? 0))
  for (const journal of found) reports.push(await recover(platform, journal, log, options))
  takeAwayTemporaries(platform, true)
  // A process may end between making the folder and the journal in it.
  removeBackupFolder(platform.files, journalFolder(platform))
  return reports
}

async function recover(platform: Platform, found: FoundJournal, log: (line: string) => void, options: RecoveryOptions): Promise<RecoveryReport> {
  const { header } = found
  const about = { productCode: header?.productCode ?? '', productName: header?.productName ?? '', startedMs: header?.startedMs ?? 0 }
  if (header === undefined) {
    forgetJournal(platform, found, { restoreRoots: false })
    return { ...about, outcome: 'nothing to do', problems: [] }
  }
  const owner = platform.processes.identify(header.owner.pid)
  if (owner !== undefined && isSameProcess(owner, header.owner) && !isSameProcess(owner, platform.processes.self())) {
    log(`The installation of ${about.productName} is still running in process ${owner.pid}.`)
    return { ...about, outcome: 'still running', problems: [] }
  }
  log(`The installation of ${about.productName} was interrupted.`)
  const context: UndoContext = {
    platform, log,
    ...(options.runCustomAction === undefined ? {} : { runCustomAction: options.runCustomAction }),
    ...(options.hostWork === undefined ? {} : { hostWork: options.hostWork }),
  }
  const { steps, undoneAlready, forward, unknown } = readSteps(found, context)
  for (const name of unknown) log(`Its journal has an operation ${name} that this version does not know.`)
  const durable = options.durability !== 'process-end'
  if (forward) {
    // Of what programs held, new content is told by being there. What was to go is not: it may be another file by now.
    await finishCommit(platform, logMessages(log), found, steps, durable, [])
    return { ...about, outcome: 'completed', problems: [] }
  }
  const journal = Journal.resume(platform, found, durable)
  const undo = await undoSteps(steps, { platform, log, journal, undoneAlready, durable, flushed: true })
  const { problems } = await finishRollback(undo, { platform, log, journal, steps, durable, flushed: true })
  const noRoom = problems.map(({ error }) => error).find((error) => error instanceof WindowsError && (error.code === 'ERROR_DISK_FULL' || error.code === 'ERROR_WRITE_PROTECT'))
  if (noRoom instanceof WindowsError) {
    throw new WindowsError(noRoom.code, `The interrupted installation of ${about.productName} cannot be rolled back now, and nothing else is done to the root before it is: ${noRoom.message}`, { cause: noRoom })
  }
  if (problems.length > 0) setAside(platform, found.name, log)
  log(problems.length === 0 ? 'It has been rolled back.' : `It has been rolled back but for ${problems.length} operations.`)
  return { ...about, outcome: problems.length === 0 ? 'rolled back' : 'rolled back in part', problems }
}

interface JournalledSteps {
  readonly steps: Steps
  readonly undoneAlready: ReadonlySet<number>
  readonly forward: boolean
  readonly unknown: readonly string[]
}

function readSteps({ records }: FoundJournal, context: UndoContext): JournalledSteps {
  const steps = new Steps()
  const known = new Set<number>()
  const undoneAlready = new Set<number>()
  const unknown: string[] = []
  let forward = false
  for (const record of records) {
    if (record.record === 'committing' || record.record === 'rollback-disabled') forward = true
    // A commit that failed at its very mark was rolled back.
    if (record.record === 'rolling-back') forward = false
    if (record.record === 'undone') undoneAlready.add(record.sequence)
    if (record.record !== 'pending') continue
    const { sequence, operation, image } = record
    if (!isKnownOperation(operation)) unknown.push((operation as { op: string }).op)
    // A further part may have it once more.
    else if (!known.has(sequence)) steps.push({ sequence, operation, image }, context)
    known.add(sequence)
  }
  return { steps, undoneAlready, forward, unknown }
}

/** A journal that was tried twice must not be applied to what later installations make of the root. */
function setAside(platform: Platform, name: string, log: (line: string) => void): void {
  const left = journalParts(platform).get(name)
  for (const path of left ?? []) platform.files.rename(path, path.replace(/\.rbs$/i, '.rbx'))
  if (left !== undefined) log(`Its journal is kept as ${left[0]!.replace(/\.rbs$/i, '.rbx')}, with its backups beside it.`)
}

function logMessages(log: (line: string) => void): CommitMessages {
  return {
    log,
    info: (number, ...fields) => { log(`Info ${number}. ${fields.filter((field) => field !== null).join(' ')}`) },
  }
}
