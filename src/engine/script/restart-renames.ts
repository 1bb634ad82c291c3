// What waits for the next start of the machine: files that are renamed or deleted then, as PendingFileRenameOperations has them, in pairs
// of old name and new name, none for a deletion. A `!` before the new name lets it be replaced.
// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefileexw, …/msi/system-reboots
import { foldCase } from '../../base/index.ts'
import type { FileSystem, Platform, Registry, RegistryValue } from '../../platform/index.ts'
import type { FileImage } from './file-change.ts'
import type { FileCopyImage } from './operations/file-copy.ts'
import { handlerOf } from './operations/index.ts'
import type { Steps, UndoStep } from './steps.ts'

const sessionManager = 'HKLM\\System\\CurrentControlSet\\Control\\Session Manager'
const pendingRenames = 'PendingFileRenameOperations'

/** Windows paths; a deletion has no `to`. */
export interface RestartRename {
  readonly from: string
  readonly to?: string
}

export function readRestartRenames(registry: Registry): RestartRename[] {
  const data = dataOf(registry.value(sessionManager, pendingRenames))
  return Array.from({ length: Math.ceil(data.length / 2) }, (_, index) => {
    const [from = '', to = ''] = data.slice(index * 2, index * 2 + 2).map((path) => path.replace(/^!?\\\?\?\\/, ''))
    return to === '' ? { from } : { from, to }
  })
}

function dataOf(value: RegistryValue | undefined): readonly string[] {
  return value?.type === 'REG_MULTI_SZ' ? value.data : []
}

/** Added to those that are there. */
export function scheduleRenames({ registry }: Platform, renames: readonly RestartRename[]): void {
  if (renames.length === 0) return
  const present = dataOf(registry.value(sessionManager, pendingRenames))
  const known = new Set(present.map(foldCase))
  const added = renames.map(({ from, to }) => [`\\??\\${from}`, to === undefined ? '' : `!\\??\\${to}`] as const).filter(([from]) => !known.has(foldCase(from)))
  registry.createKey(sessionManager)
  registry.setValue(sessionManager, pendingRenames, { type: 'REG_MULTI_SZ', data: [...present, ...Array.from({ length: present.length % 2 }, () => ''), ...added.flat()] })
  registry.flush()
}

/** Takes back those that are done or have nothing to do; others, whoever wrote them, stay as they are. */
export function forgetRenames(registry: Registry, done: ReadonlySet<string>): void {
  const data = dataOf(registry.value(sessionManager, pendingRenames))
  const left = data.filter((_, index) => !done.has(foldCase(data[index - index % 2]!.replace(/^\\\?\?\\/, ''))))
  if (left.length === data.length) return
  if (left.length === 0) registry.deleteValue(sessionManager, pendingRenames)
  else registry.setValue(sessionManager, pendingRenames, { type: 'REG_MULTI_SZ', data: left })
  registry.flush()
}

/**
 * What earlier installations left for the next start and this one has overtaken: files stand at these paths now that must neither be
 * deleted nor replaced by older content. Answers the content that nobody waits for any more.
 * @param waiting Folded paths at which the old file stands yet
 */
export function dropOvertaken({ registry, files }: Platform, steps: Steps, waiting: ReadonlySet<string>): readonly string[] {
  const renames = readRestartRenames(registry)
  if (renames.length === 0) return []
  const placed = new Set<string>()
  for (const { image } of steps.others()) if (hasTemporary(image)) placed.add(foldCase(image.path))
  for (const path of waiting) placed.delete(path)
  const overtaken = renames.filter(({ from, to }) => placed.has(foldCase(to ?? from)) && files.stat(to ?? from)?.kind === 'file')
  forgetRenames(registry, new Set(overtaken.map(({ from }) => foldCase(from))))
  return overtaken.filter(({ to }) => to !== undefined).map(({ from }) => from)
}

/** New content that never took its place, as a program held the file that stands there. */
export function waitingReplacements(files: FileSystem, steps: Steps): Required<RestartRename>[] {
  const found: Required<RestartRename>[] = []
  for (const { image } of steps.others()) {
    if (hasTemporary(image) && files.stat(image.temporary)?.kind === 'file') found.push({ from: image.temporary, to: image.path })
  }
  return found
}

function hasTemporary(image: unknown): image is FileImage {
  return typeof image === 'object' && image !== null && 'temporary' in image && 'path' in image
}

/**
 * Files that were to go and are still there, as a program held them. To be asked while the transaction is whole: later, a file of that
 * name may be somebody else's.
 */
export function waitingRemovals(files: FileSystem, steps: Steps): RestartRename[] {
  const last = new Map<string, number>()
  for (const { sequence, operation } of steps.others()) for (const path of handlerOf(operation).touches?.(operation) ?? []) last.set(path, sequence)
  const found: RestartRename[] = []
  for (const step of steps.others()) {
    for (const { previous, backup, path } of removedBy(step)) {
      if (previous === undefined || last.get(foldCase(path)) !== step.sequence) continue
      if (files.stat(previous)?.kind === 'file' && files.stat(backup) === undefined) found.push({ from: previous })
    }
  }
  return found
}

function removedBy({ operation, image }: UndoStep): readonly FileImage[] {
  if (operation.op === 'FileRemove' || operation.op === 'IconRemove' || operation.op === 'ShortcutRemove') return [image as FileImage]
  const { source } = operation.op === 'FileCopy' ? image as FileCopyImage : {}
  return source === undefined ? [] : [source]
}
