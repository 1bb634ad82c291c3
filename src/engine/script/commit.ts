// Commit: the registry is written, commit custom actions run, then the journal says so, and from there on the only way
// is forward: backups are deleted, those that programs still use at the next start of the machine.
// docs/design/journal.md; https://learn.microsoft.com/windows/win32/msi/commit-custom-actions
import { foldCase, WindowsError } from '../../base/index.ts'
import { noAttributes, sameProcess, type FileSystem, type FileUser, type Platform } from '../../platform/index.ts'
import { ActionStatus } from '../session/features/states.ts'
import { InstallError } from '../session/messages/install-error.ts'
import type { Messages } from '../session/messages/messages.ts'
import { backupFolder, removeBackupFolder } from './backups.ts'
import { removeFile, type FileImage } from './file-change.ts'
import type { CustomActionOperation, ScriptContext } from './handler.ts'
import { forgetJournal, type FoundJournal, type Journal } from './journal.ts'
import type { FileCopyImage } from './operations/file-copy.ts'
import { removeFolderIfEmpty } from './operations/folder-create.ts'
import { dropFolder, type FolderImage, type FolderRemoveImage } from './operations/folder-remove.ts'
import { dropOvertaken, forgetRenames, readRestartRenames, scheduleRenames, waitingRemovals, waitingReplacements, type RestartRename } from './restart-renames.ts'
import { syncContents, syncFolders } from './rollback.ts'
import type { Steps, UndoStep } from './steps.ts'

export interface CommitReport {
  /** Files that were replaced or removed while programs used them: they run on with the old content. */
  readonly inUse: readonly FileInUse[]
  /** Backups that could not be deleted, and why. */
  readonly problems: readonly { readonly path: string; readonly error: unknown }[]
}

export interface FileInUse {
  readonly path: string
  /** Where its old content is until the next start of the machine. */
  readonly backup: string
  readonly users: readonly { readonly pid: number; readonly name: string }[]
}

export interface CommitOptions {
  readonly platform: Platform
  readonly messages: Messages
  readonly journal: Journal | undefined
  readonly steps: Steps
  readonly durable: boolean
  /** Files that programs hold are where they were. */
  readonly someHeld: boolean
  readonly commitActions: readonly { readonly operation: CustomActionOperation; readonly context: ScriptContext }[]
}

/** @throws InstallError when a commit custom action fails */
export async function commitTransaction({ platform, messages, journal, steps, durable, someHeld, commitActions }: CommitOptions): Promise<CommitReport> {
  if (journal === undefined) {
    await runCommitActions(commitActions)
    return { inUse: [], problems: [] }
  }
  const removals = someHeld ? waitingRemovals(platform.files, steps) : []
  journal.append({ record: 'flushing' })
  journal.sync()
  if (durable) {
    await syncContents(platform, steps.others())
    syncFolders(platform, steps.others())
  }
  platform.registry.flush()
  await runCommitActions(commitActions)
  journal.append({ record: 'committing' })
  journal.sync()
  // Nothing below may fail the installation: it is complete.
  journal.close()
  return finishCommit(platform, messages, journal, steps, durable, someHeld ? removals : undefined)
}

async function runCommitActions(commitActions: CommitOptions['commitActions']): Promise<void> {
  for (const { operation, context } of commitActions) {
    const status = await context.runCustomAction?.(operation, 'commit', context.packagePath)
    if (status === ActionStatus.failure || status === ActionStatus.userExit || status === ActionStatus.suspend) {
      throw new InstallError(2896, [operation.action], { action: operation.action, reported: true })
    }
  }
}

/** Where the last part of a commit is reported: the messages of the installation, or the log of a recovery. */
export type CommitMessages = Pick<Messages, 'info' | 'log'>

/**
 * The part that recovery repeats after a crash: deletes backups and forgets the journal. Never throws.
 * @param removals What programs hold of what was to go; `undefined` when they hold nothing
 */
export async function finishCommit(
  platform: Platform, messages: CommitMessages, journal: Pick<FoundJournal, 'name' | 'roots'>, steps: Steps, durable: boolean, removals: readonly RestartRename[] | undefined,
): Promise<CommitReport> {
  const replacements = removals === undefined ? [] : waitingReplacements(platform.files, steps)
  const problems: { path: string; error: unknown }[] = []
  const backups: Backup[] = []
  for (const step of steps.others()) for (const backup of backupsOf(step)) if (platform.files.kind(backup.backup) === 'file') backups.push(backup)
  const inUse = await filesInUse(platform, backups, messages)
  const waiting = [...replacements.map(({ from, to }) => ({ path: to, backup: from })), ...(removals ?? []).map(({ from }) => ({ path: from, backup: from }))]
  const holders = new Map((await filesInUse(platform, waiting.map(({ path }) => ({ path, backup: path })), messages)).map(({ path, users }) => [path, users]))
  const kept = new Set([...inUse.map(({ backup }) => backup), ...(removals ?? []).map(({ from }) => from)])
  for (const { backup } of backups) {
    if (kept.has(backup)) continue
    try {
      platform.files.removeFile(backup, true)
    } catch (error) {
      if (error instanceof WindowsError && error.code === 'ERROR_FILE_NOT_FOUND') continue
      problems.push({ path: backup, error })
      kept.add(backup)
    }
  }
  for (const step of steps.others()) {
    for (const folder of foldersOf(step)) {
      try {
        dropFolder(platform.files, folder)
      } catch (error) {
        problems.push({ path: folder.backup, error })
        kept.add(folder.backup)
      }
    }
  }
  const held = waiting.map(({ path, backup }) => ({ path, backup, users: holders.get(path) ?? [] }))
  for (const { path, users } of [...inUse, ...held]) {
    for (const { pid, name } of users) messages.info(1603, path, null, name, pid)
  }
  for (const { from, to } of replacements) messages.info(1902, from, to)
  for (const backup of kept) messages.info(1903, backup)
  try {
    const waitingPaths = new Set(waiting.map(({ path }) => foldCase(path)))
    for (const path of dropOvertaken(platform, steps, waitingPaths)) removeFile(platform.files, path)
    scheduleRenames(platform, [...[...kept].map((from) => ({ from })), ...replacements])
    // Without the journal nobody would know whose a backup is.
    if (durable) for (const folder of new Set(backups.map(({ backup }) => backupFolder(backup)))) platform.files.syncDirectory(folder)
    forgetJournal(platform, journal, { restoreRoots: false })
  } catch (error) {
    problems.push({ path: journal.name, error })
    messages.log(`The end of the commit failed and is done at the next start: ${error instanceof Error ? error.message : String(error)}`)
  }
  return { inUse: [...inUse, ...held], problems }
}

function foldersOf({ operation, image }: UndoStep): readonly FolderImage[] {
  return operation.op === 'FolderRemove' ? (image as FolderRemoveImage).candidates : []
}

interface Backup {
  readonly path: string
  readonly backup: string
}

function backupsOf({ operation, image }: UndoStep): Backup[] {
  switch (operation.op) {
    case 'FileCopy': {
      const target = image as FileCopyImage
      return target.source === undefined ? backupOf(target) : [...backupOf(target), ...backupOf(target.source)]
    }
    case 'FileRemove': case 'IconCreate': case 'IconRemove': case 'ShortcutCreate': case 'ShortcutRemove': case 'IniWriteRemoveValue': case 'DatabaseCopy': case 'FileWrite': case 'XmlChange': case 'FirstBootPackage':
      return backupOf(image as FileImage)
    default: return []
  }
}

function backupOf({ previous, backup }: FileImage): Backup[] {
  return previous === undefined ? [] : [{ path: previous, backup }]
}

/** Who still uses what was replaced. What cannot be found out is logged and counts as not in use. */
async function filesInUse(platform: Platform, backups: readonly Backup[], messages: CommitMessages): Promise<FileInUse[]> {
  const onHost = backups.flatMap((backup) => {
    const hostPath = platform.files.hostPath(backup.backup)
    return hostPath === undefined ? [] : [{ path: backup.path, backup: backup.backup, hostPath }]
  })
  if (onHost.length === 0) return []
  try {
    const { users } = await platform.processes.scan(onHost.map(({ hostPath }) => hostPath))
    const self = platform.processes.self()
    const byFile = new Map<number, FileUser[]>()
    for (const user of users) {
      // The installer itself reads the package that it removes.
      if (!sameProcess(user.process, self)) byFile.set(user.file, [...byFile.get(user.file) ?? [], user])
    }
    const found: FileInUse[] = []
    for (const [index, { path, backup }] of onHost.entries()) {
      const identities = (byFile.get(index) ?? []).map(({ process }) => process)
      if (identities.length === 0) continue
      const facts = await platform.processes.describe(identities)
      found.push({ path, backup, users: identities.map(({ pid }, at) => ({ pid, name: facts[at]?.commandName ?? '' })) })
    }
    return found
  } catch (error) {
    messages.log(`Programs that use replaced files could not be looked for: ${error instanceof Error ? error.message : String(error)}`)
    return []
  }
}

const ours = { backup: /^[A-Z]:\\Config\.Msi\\[0-9a-f]+\.rbf$/i, temporary: /\\TBD[0-9a-f]{12,}\.tmp$/i } as const

/**
 * Deletes backups of earlier installations that nobody uses any more, and puts new content into the place of files that nobody holds any
 * more, where no Windows starts that would do it. Answers how many are left, each of which means that a restart is pending.
 */
export async function sweepReplacedFiles(platform: Platform, messages: CommitMessages): Promise<number> {
  const { registry, files } = platform
  const renames = readRestartRenames(registry).filter(({ from, to }) => to === undefined ? ours.backup.test(from) : ours.temporary.test(from))
  if (renames.length === 0) return 0
  const there = renames.filter(({ from }) => files.stat(from) !== undefined)
  const inUse = new Set((await filesInUse(platform, there.map(({ from, to }) => ({ path: from, backup: to ?? from })), messages)).map(({ path }) => path))
  const gone = new Set(renames.filter((one) => !there.includes(one)).map(({ from }) => foldCase(from)))
  for (const rename of there) {
    if (!inUse.has(rename.from) && carriedOut(files, rename, messages)) gone.add(foldCase(rename.from))
  }
  forgetRenames(registry, gone)
  for (const folder of new Set(there.filter(({ to }) => to === undefined).map(({ from }) => backupFolder(from)))) removeBackupFolder(files, folder)
  return renames.length - gone.size
}

function carriedOut(files: FileSystem, { from, to }: RestartRename, messages: CommitMessages): boolean {
  if (to === undefined) {
    if (files.stat(from)?.kind !== 'file') return removeFolderIfEmpty(files, from)
    removeFile(files, from)
    return true
  }
  try {
    if (files.stat(to)?.attributes.readOnly === true) files.setAttributes(to, noAttributes)
    files.rename(from, to)
    return true
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    messages.log(`${to} waits for the next start of the machine: ${error.message}`)
    return false
  }
}
