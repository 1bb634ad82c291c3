// Private copies of shared components: their files beside the application, and the empty file that has Windows load them.
// https://learn.microsoft.com/windows/win32/msi/installation-of-isolated-components, …/removal-of-isolated-components
// The copies belong to the application: nothing of them is registered.
import { baseName, joinPath, parentPath, sameName, withTrailingBackslash } from '../../base/index.ts'
import type { FileSource } from '../script/operation.ts'
import { isBeingInstalled, isBeingRemoved, type Component } from '../session/features/components.ts'
import { keyFilePath } from '../session/files/file-states.ts'
import type { FileEntry } from '../session/files/files.ts'
import type { Session } from '../session/session.ts'
import type { MediaList } from './media.ts'

interface PrivateCopy {
  /** `undefined` for the file that says so. */
  readonly file: FileEntry | undefined
  readonly path: string
}

export function copyIsolatedFiles(session: Session, media: MediaList): void {
  const copied = new Map<string, string>()
  for (const { file, path } of privateCopies(session, isBeingInstalled)) {
    const source = file === undefined ? { kind: 'nothing' } as const : sourceOf(file, copied, media)
    if (source === undefined) continue
    if (file !== undefined) copied.set(file.key, path)
    const size = file?.size ?? 0
    session.emit({
      op: 'FileCopy', source, destination: path, size, attributes: file?.attributes ?? { readOnly: false, hidden: false, system: false },
      version: file?.version ?? '', language: file?.language ?? '', vital: file?.vital ?? true, checkCrc: false,
    }, { data: { 1: baseName(path), 6: size, 9: withTrailingBackslash(parentPath(path)!) }, ticks: size })
  }
}

export function isolatedFilesThatGo(session: Session): string[] {
  return privateCopies(session, isBeingRemoved).map(({ path }) => path)
}

function privateCopies(session: Session, concerns: (application: Component) => boolean): PrivateCopy[] {
  const copies = new Map<string, PrivateCopy>()
  for (const { shared, application } of session.isolated) {
    const component = session.components.get(application)
    const program = component === undefined || !concerns(component) ? undefined : keyFilePath(session, component)
    if (program === undefined) continue
    const folder = parentPath(program)!
    for (const file of session.files.values()) {
      const path = joinPath(folder, file.longName)
      if (file.component === shared && !sameName(path, file.targetPath)) copies.set(path.toLowerCase(), { file, path })
    }
    copies.set(`${program.toLowerCase()}.local`, { file: undefined, path: `${program}.LOCAL` })
  }
  return [...copies.values()]
}

/** A cabinet gives each file once: what was copied before is copied from there. */
function sourceOf(file: FileEntry, copied: ReadonlyMap<string, string>, media: MediaList): FileSource | undefined {
  const path = file.disposition === 'copy' ? file.targetPath : copied.get(file.key)
  return path === undefined ? media.source(file) : { kind: 'file', path }
}
