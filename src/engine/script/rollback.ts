// Rollback: the journalled operations taken back, last one first. It never throws; what could not be taken back is
// reported, and the journal stays for another attempt at the next start. docs/design/recovery.md
import { foldCase, parentPath } from '../../base/index.ts'
import type { Platform } from '../../platform/index.ts'
import { MessageType, type Messages } from '../session/messages/messages.ts'
import { backupFolder } from './backups.ts'
import type { AnyOperation } from './handler.ts'
import { forgetJournal, isCommitMarked, type Journal } from './journal.ts'
import type { FolderCreateImage } from './operations/folder-create.ts'
import { handlerOf } from './operations/index.ts'
import type { Steps, UndoStep } from './steps.ts'

export interface RollbackProblem {
  readonly operation: AnyOperation
  readonly error: unknown
}

export interface RollbackReport {
  /** Operations that were taken back. */
  readonly undone: number
  readonly problems: readonly RollbackProblem[]
  /** Rollback was disabled: nothing was taken back. */
  readonly disabled?: boolean
}

export interface UndoOptions {
  readonly platform: Platform
  readonly log: (line: string) => void
  readonly journal: Journal | undefined
  /** Sequence numbers of file operations that an interrupted rollback has undone. */
  readonly undoneAlready: ReadonlySet<number>
  readonly messages?: Messages
  readonly durable: boolean
  /** Registry changes may have reached the disk. */
  readonly flushed: boolean
}

export async function undoSteps(steps: Steps, options: UndoOptions): Promise<RollbackReport> {
  const { log, undoneAlready, messages } = options
  const problems: RollbackProblem[] = []
  const marks = new UndoneMarks(options)
  const stuck = new StuckPaths()
  let undone = 0
  const failed = (operation: AnyOperation, error: unknown): void => {
    problems.push({ operation, error })
    log(`Rollback of ${operation.op} failed: ${error instanceof Error ? error.message : String(error)}`)
  }
  try {
    marks.begin()
  } catch (error) {
    failed({ op: 'DisableRollback' }, error)
    return { undone, problems }
  }
  const { description, template } = messages?.actionText?.('Rollback') ?? { description: 'Rolling back action:', template: '[1]' }
  if (messages !== undefined) await attempt(async () => { await messages.send(MessageType.actionStart, [null, 'Rollback', description, template]) })
  let total = 0
  if (messages !== undefined) for (const { ticks = 0 } of steps.backwards()) total += ticks
  // The bar runs backwards.
  const progress = async (kind: number, ticks: number, direction: number): Promise<void> => {
    if (messages !== undefined && ticks > 0) await attempt(async () => { await messages.send(MessageType.progress, [null, kind, ticks, direction, 0]) })
  }
  await progress(0, total, 1)
  let isRegistryWritten = !options.flushed
  for (const step of inOrder(steps, options.flushed)) {
    const handler = handlerOf(step.operation)
    if (!isRegistryWritten && handler.effect !== 'registry') {
      isRegistryWritten = true
      // Tried again at the end.
      await attempt(async () => { options.platform.registry.flush() })
    }
    // Registry changes of a process that ended are gone unless flushed: they are always set back, which does no harm.
    if (undoneAlready.has(step.sequence) && handler.effect !== 'registry') continue
    if (messages !== undefined) await attempt(async () => { await messages.send(MessageType.actionData, [null, step.operation.op]) })
    const touches = handler.touches?.(step.operation) ?? []
    try {
      stuck.check(touches)
      marks.before(touches)
      await handler.undo(step.operation, step.image, step.context)
      undone++
      if (handler.effect !== 'registry') marks.after(step, touches)
    } catch (error) {
      stuck.add(touches)
      failed(step.operation, error)
    }
    await progress(2, step.ticks ?? 0, 0)
  }
  return { undone, problems }
}

/**
 * The last one first. Registry changes that were flushed go before all others: folders that were made for a new hive stand in
 * folders that are taken back then. They may be taken back at any time, as what they were is absolute.
 */
function * inOrder(steps: Steps, flushed: boolean): Generator<UndoStep, void> {
  if (!flushed) return yield* steps.backwards()
  yield* steps.registryBackwards()
  yield* steps.othersBackwards()
}

/**
 * What was not taken back holds up what is older on the same path, or in the same folder: taken back afterwards, at the
 * next start, it would take away what the older one has brought back.
 */
class StuckPaths {
  readonly #paths = new Set<string>()

  /** @throws Error when a path must wait */
  check(touches: readonly string[]): void {
    if (this.#paths.size === 0) return
    for (const path of touches.map(withoutWildcard)) {
      for (const stuck of this.#paths) {
        if (path === stuck || path.startsWith(`${stuck}\\`) || stuck.startsWith(`${path}\\`)) throw new Error(`a younger change of ${stuck} could not be taken back`)
      }
    }
  }

  add(touches: readonly string[]): void {
    for (const path of touches) this.#paths.add(withoutWildcard(path))
  }
}

/** Times of a folder depend on all that happened in it. */
function withoutWildcard(path: string): string {
  return path.endsWith('\\*') ? path.slice(0, -2) : path
}

/**
 * Undoing an operation uses its backup up: doing it again, after an older operation on the same path has been undone,
 * would be wrong. So marks say what is undone, and are durable before the next operation on such a path; and what a mark
 * says is durable before the mark is. Until then undoing may be repeated, and nothing needs to be written: a disk that is
 * full does not keep a rollback from giving space back.
 */
class UndoneMarks {
  readonly #options: UndoOptions
  readonly #paths = new Set<string>()
  #unmarked: UndoStep[] = []
  /** What happened outside cannot be looked at: it is not done twice. */
  #mustBeWritten = false

  constructor(options: UndoOptions) {
    this.#options = options
  }

  /**
   * Durable before anything is undone: a mark of the commit that failed may be on disk, and this one overrides it.
   * @throws WindowsError when it cannot be written though there is such a mark
   */
  begin(): void {
    const { journal, platform, log } = this.#options
    try {
      journal?.append({ record: 'rolling-back' })
      journal?.sync()
    } catch (error) {
      if (isCommitMarked(platform, journal!.name)) throw error
      log(`The journal of the rollback could not be written: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** @throws WindowsError when marks that this depends on cannot be written */
  before(touches: readonly string[]): void {
    if (this.#mustBeWritten || touches.some((path) => this.#paths.has(path))) this.#flush()
  }

  after(step: UndoStep, touches: readonly string[]): void {
    this.#unmarked.push(step)
    for (const path of touches) this.#paths.add(path)
    if (handlerOf(step.operation).effect !== 'outside') return
    this.#mustBeWritten = true
    try {
      this.#flush()
    } catch {
      // Tried again before the next operation, which waits for it.
    }
  }

  #flush(): void {
    const { platform, journal, durable } = this.#options
    if (durable) syncFolders(platform, this.#unmarked)
    const marks = this.#unmarked.map(({ sequence }) => ({ record: 'undone' as const, sequence }))
    this.#unmarked = []
    journal?.append(...marks)
    journal?.sync()
    this.#paths.clear()
    this.#mustBeWritten = false
  }
}

export interface FinishOptions {
  readonly platform: Platform
  readonly log: (line: string) => void
  readonly journal: Journal | undefined
  readonly steps: Steps
  readonly durable: boolean
  /** Registry changes may have reached the disk: what they are now must reach it too. */
  readonly flushed: boolean
}

/** Makes the old state durable, then forgets the journal; keeps it when something could not be undone. */
export async function finishRollback(report: RollbackReport, { platform, log, journal, steps, durable, flushed }: FinishOptions): Promise<RollbackReport> {
  const problems = [...report.problems]
  if (journal === undefined) return report
  try {
    // Records of registry changes may wait yet.
    if (problems.length > 0) journal.sync()
    journal.close()
    if (flushed) platform.registry.flush()
    if (durable) syncFolders(platform, steps.others())
    if (problems.length > 0) log(`${problems.length} operations could not be rolled back; their backups are kept and they are tried again at the next start.`)
    else forgetJournal(platform, journal, { restoreRoots: true })
  } catch (error) {
    problems.push({ operation: { op: 'DisableRollback' }, error })
    log(`The end of the rollback failed: ${error instanceof Error ? error.message : String(error)}`)
  }
  return { ...report, problems }
}

/** What was written survives a loss of power afterwards: all files at once, which costs a fraction of one by one. */
export async function syncContents(platform: Platform, steps: Iterable<UndoStep>): Promise<void> {
  const paths = new Set<string>()
  for (const { operation } of steps) {
    // What a removal has left has no contents.
    if (operation.op.startsWith('Folder') || operation.op.endsWith('Remove')) continue
    for (const path of handlerOf(operation).touches?.(operation) ?? []) paths.add(foldCase(path))
  }
  await platform.files.syncFiles([...paths])
}

/** Creations, renames and removals in these folders survive a loss of power afterwards. */
export function syncFolders(platform: Platform, steps: Iterable<UndoStep>): void {
  const folders = new Map<string, string>()
  for (const { operation, image } of steps) {
    const made = operation.op === 'FolderCreate' ? (image as FolderCreateImage).missing : []
    for (const path of [...handlerOf(operation).touches?.(operation) ?? [], ...made]) {
      const folder = parentPath(path)
      if (folder !== undefined) folders.set(foldCase(folder), folder)
    }
  }
  const there = new Map([...folders.values()].map((folder) => nearestFolder(platform, folder)).map((folder) => [foldCase(folder), folder]))
  // Where replaced and removed files went.
  for (const drive of new Set([...there.keys()].map((folder) => folder.slice(0, 2)))) {
    const backups = backupFolder(drive)
    if (platform.files.stat(backups)?.kind === 'directory') there.set(foldCase(backups), backups)
  }
  for (const folder of there.values()) platform.files.syncDirectory(folder)
}

/** The folder, or the one above it that a removal of folders has left. */
function nearestFolder({ files }: Platform, folder: string): string {
  let at = folder
  while (files.stat(at)?.kind !== 'directory') {
    const above = parentPath(at)
    if (above === undefined) break
    at = above
  }
  return at
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch {
    // A user interface that fails must not stop a rollback.
  }
}
