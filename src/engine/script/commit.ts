// Commit: the registry is written, commit custom actions run, then the journal says so, and from there on the only way
// is forward: backups are deleted, those that programs still use at the next start of the machine.
// docs/design/journal.md; https://learn.microsoft.com/windows/win32/msi/commit-custom-actions
import { foldCase, WindowsError } from '../../base/index.ts'
import { sameProcess, type FileUser, type Platform, type RegistryValue } from '../../platform/index.ts'
import { InstallError } from '../session/install-error.ts'
import type { Messages } from '../session/messages.ts'
import { ActionStatus } from '../session/states.ts'
import { backupFolder, removeBackupFolder } from './backups.ts'
import { removeFile, type FileImage } from './file-change.ts'
import type { CustomActionOperation, ScriptContext } from './handler.ts'
import { forgetJournal, type FoundJournal, type Journal } from './journal.ts'
import type { FileCopyImage } from './operations/file-copy.ts'
import { removeFolderIfEmpty } from './operations/folder-create.ts'
import { dropFolder, type FolderImage, type FolderRemoveImage } from './operations/folder-remove.ts'
import { syncContents, syncFolders, type UndoStep } from './rollback.ts'

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
  readonly steps: readonly UndoStep[]
  readonly durable: boolean
  readonly commitActions: readonly { readonly operation: CustomActionOperation; readonly context: ScriptContext }[]
}

/** @throws InstallError when a commit custom action fails */
export async function commitTransaction({ platform, messages, journal, steps, durable, commitActions }: CommitOptions): Promise<CommitReport> {
  if (journal === undefined) {
    await runCommitActions(commitActions)
    return { inUse: [], problems: [] }
  }
  journal.append({ record: 'flushing' })
  journal.sync()
  if (durable) {
    await syncContents(platform, steps)
    syncFolders(platform, steps)
  }
  platform.registry.flush()
  await runCommitActions(commitActions)
  journal.append({ record: 'committing' })
  journal.sync()
  // Nothing below may fail the installation: it is complete.
  journal.close()
  return finishCommit(platform, messages, journal, steps, durable)
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

/** The part that recovery repeats after a crash: deletes backups and forgets the journal. Never throws. */
export async function finishCommit(platform: Platform, messages: CommitMessages, journal: Pick<FoundJournal, 'name' | 'roots'>, steps: readonly UndoStep[], durable: boolean): Promise<CommitReport> {
  const problems: { path: string; error: unknown }[] = []
  const backups = steps.flatMap(backupsOf).filter(({ backup }) => platform.files.stat(backup)?.kind === 'file')
  const inUse = await filesInUse(platform, backups, messages)
  const kept = new Set(inUse.map(({ backup }) => backup))
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
  for (const folder of steps.flatMap(foldersOf)) {
    try {
      dropFolder(platform.files, folder)
    } catch (error) {
      problems.push({ path: folder.backup, error })
      kept.add(folder.backup)
    }
  }
  for (const { path, users } of inUse) {
    for (const { pid, name } of users) messages.info(1603, path, null, name, pid)
  }
  for (const backup of kept) messages.info(1903, backup)
  try {
    scheduleDeletion(platform, [...kept])
    // Without the journal nobody would know whose a backup is.
    if (durable) for (const folder of new Set(backups.map(({ backup }) => backupFolder(backup)))) platform.files.syncDirectory(folder)
    forgetJournal(platform, journal, { restoreRoots: false })
  } catch (error) {
    problems.push({ path: journal.name, error })
    messages.log(`The end of the commit failed and is done at the next start: ${error instanceof Error ? error.message : String(error)}`)
  }
  return { inUse, problems }
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
      const { source, ...target } = image as FileCopyImage
      return source === undefined ? backupOf(target) : [...backupOf(target), ...backupOf(source)]
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
    return hostPath === undefined ? [] : [{ ...backup, hostPath }]
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

const sessionManager = 'HKLM\\System\\CurrentControlSet\\Control\\Session Manager'
const pendingRenames = 'PendingFileRenameOperations'

/** Pairs of old name and new name, none for a deletion: what Windows does when it starts. */
function scheduleDeletion(platform: Platform, paths: readonly string[]): void {
  if (paths.length === 0) return
  const { registry } = platform
  const present = pendingPairs(registry.value(sessionManager, pendingRenames))
  const known = new Set(present.map(([from]) => foldCase(from)))
  const added = paths.map((path): [string, string] => [`\\??\\${path}`, '']).filter(([from]) => !known.has(foldCase(from)))
  registry.createKey(sessionManager)
  registry.setValue(sessionManager, pendingRenames, { type: 'REG_MULTI_SZ', data: [...present, ...added].flat() })
  registry.flush()
}

function pendingPairs(value: RegistryValue | undefined): [string, string][] {
  const data = value?.type === 'REG_MULTI_SZ' ? value.data : []
  return Array.from({ length: Math.ceil(data.length / 2) }, (_, index) => [data[index * 2]!, data[index * 2 + 1] ?? ''])
}

/**
 * Deletes backups of earlier installations that nobody uses any more, where no Windows starts that would do it.
 * Answers how many are left, each of which means that a restart is pending.
 */
export async function sweepReplacedFiles(platform: Platform, messages: CommitMessages): Promise<number> {
  const { registry, files } = platform
  const pairs = pendingPairs(registry.value(sessionManager, pendingRenames))
  const ours = pairs.filter(([from, to]) => to === '' && /^\\\?\?\\[A-Z]:\\Config\.Msi\\[0-9a-f]+\.rbf$/i.test(from)).map(([from]) => from)
  if (ours.length === 0) return 0
  const there = ours.map((from) => from.slice(4)).filter((path) => files.stat(path) !== undefined)
  const inUse = new Set((await filesInUse(platform, there.map((path) => ({ path, backup: path })), messages)).map(({ backup }) => backup))
  const gone = new Set<string>(ours.filter((from) => !there.includes(from.slice(4))))
  for (const path of there) {
    if (inUse.has(path)) continue
    if (files.stat(path)?.kind === 'file') removeFile(files, path)
    else if (!removeFolderIfEmpty(files, path)) continue
    gone.add(`\\??\\${path}`)
  }
  const left = pairs.filter(([from]) => !gone.has(from))
  if (left.length === pairs.length) return ours.length
  if (left.length === 0) registry.deleteValue(sessionManager, pendingRenames)
  else registry.setValue(sessionManager, pendingRenames, { type: 'REG_MULTI_SZ', data: left.flat() })
  registry.flush()
  for (const folder of new Set(there.map(backupFolder))) removeBackupFolder(files, folder)
  return ours.length - gone.size
}
