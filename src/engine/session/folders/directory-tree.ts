// The Directory table resolved: where every directory stands in the source and on the target.
// https://learn.microsoft.com/windows/win32/msi/using-the-directory-table
import { isFullPath, joinPath, parentPath, pathSegments, sameName, withTrailingBackslash, withoutTrailingBackslash } from '../../../base/index.ts'
import type { Row } from '../../../database/index.ts'
import { InstallError } from '../messages/install-error.ts'
import type { Properties } from '../properties/properties.ts'
import type { Directories } from './directories.ts'

export interface DirectoryRules {
  readonly properties: Properties
  /** The folder that the source tree begins at. */
  sourceRoot(): string
  /** SHORTFILENAMES: target names are short ones. */
  readonly shortTargets: boolean
  /** Word Count bit 0: source names are short ones. */
  readonly shortSources: boolean
  /** An administrative installation builds its tree from source names. */
  readonly administrative: boolean
  /** Root directories of fixed drives, such as `C:\`. */
  readonly drives: readonly string[]
}

interface Directory {
  readonly name: string
  /** `''` for the root. */
  readonly parent: string
  readonly targetName: string
  readonly sourceName: string
}

/** Deeper trees than any path can be are refused, and so are circles. */
const maximumDepth = 256

export class DirectoryTree implements Directories {
  readonly #rules: DirectoryRules
  readonly #directories = new Map<string, Directory>()
  readonly #targets = new Map<string, string>()
  readonly #sources = new Map<string, string>()
  /** Directories whose path was given, not derived. */
  readonly #given = new Map<string, string>()

  constructor(rows: Iterable<Row>, rules: DirectoryRules) {
    this.#rules = rules
    for (const row of rows) {
      const name = row.text('Directory')
      const parent = row.text('Directory_Parent')
      this.#directories.set(name, { name, parent: parent === name ? '' : parent, ...this.#names(name, row.text('DefaultDir')) })
    }
  }

  has(directory: string): boolean {
    return this.#directories.has(directory)
  }

  names(): Iterable<string> {
    return this.#directories.keys()
  }

  parent(directory: string): string | undefined {
    return this.#directories.get(directory)?.parent || undefined
  }

  target(directory: string): string {
    const known = this.#targets.get(directory)
    if (known !== undefined) return known
    const path = this.#resolveTarget(directory)
    this.#targets.set(directory, path)
    return path
  }

  source(directory: string): string {
    const known = this.#sources.get(directory)
    if (known !== undefined) return known
    const path = this.#resolveSource(directory)
    this.#sources.set(directory, path)
    return path
  }

  setTarget(directory: string, path: string): void {
    this.#find(directory)
    this.#given.set(directory, this.#fullPath(directory, path))
    this.forgetTargets()
  }

  /** Takes the directories below along, as far as they stand below it on the disk too. Predefined folders stay. */
  moveTarget(directory: string, path: string): void {
    const from = this.target(directory)
    const to = this.#fullPath(directory, path)
    const below = [...this.#directories.values()].filter((one) => one.name !== directory && this.#goesAlong(one, directory))
    const moved = below.map(({ name }) => [name, this.target(name)] as const).filter(([, current]) => sameName(current.slice(0, from.length), from))
    this.setTarget(directory, path)
    for (const [name, current] of moved) this.#given.set(name, to + current.slice(from.length))
    this.forgetTargets()
  }

  #goesAlong(directory: Directory, ancestor: string): boolean {
    let at: Directory | undefined = directory
    for (let depth = 0; at !== undefined && depth < maximumDepth; depth++) {
      if (at.name === ancestor) return true
      if (this.#isSystemFolder(at.name)) return false
      at = this.#directories.get(at.parent)
    }
    return false
  }

  /** The root source changed. */
  forgetSources(): void {
    this.#sources.clear()
  }

  /** A property that names a directory changed. */
  forgetTargets(): void {
    this.#targets.clear()
  }

  /**
   * Maintenance: the path where a component's registration says that the directory stands. Parents follow as long as
   * the path ends in the directory's own name.
   */
  keepTarget(directory: string, path: string): void {
    let at: Directory | undefined = this.#directories.get(directory)
    let full = withTrailingBackslash(path)
    for (let depth = 0; at !== undefined && at.parent !== '' && depth < maximumDepth && !this.#given.has(at.name); depth++) {
      this.#given.set(at.name, full)
      if (at.targetName !== '' && !endsInName(full, at.targetName)) break
      if (at.targetName !== '') full = withTrailingBackslash(parentPath(full) ?? full)
      at = this.#isSystemFolder(at.parent) ? undefined : this.#directories.get(at.parent)
    }
    this.forgetTargets()
  }

  /** A predefined folder has a property of its name from the start, and is nobody's to move. */
  #isSystemFolder(directory: string): boolean {
    return /Folder(\.|$)/.test(directory) && this.#rules.properties.get(directory) !== ''
  }

  #find(directory: string): Directory {
    const found = this.#directories.get(directory)
    if (found === undefined) throw new InstallError(2727, [directory])
    return found
  }

  /** From the directory upwards to the first one with a known or given path, then down again. */
  #resolveTarget(directory: string): string {
    const chain: Directory[] = []
    let at = this.#find(directory)
    let base = this.#knownTarget(at)
    while (base === undefined) {
      if (chain.length > maximumDepth || chain.includes(at)) throw new InstallError(2705, ['Directory'])
      chain.push(at)
      at = this.#find(at.parent)
      base = this.#knownTarget(at)
    }
    return chain.reduceRight((path, one) => one.targetName === '' ? path : withTrailingBackslash(joinPath(path, one.targetName)), base)
  }

  #knownTarget(directory: Directory): string | undefined {
    return this.#targets.get(directory.name) ?? this.#givenTarget(directory)
  }

  #givenTarget(directory: Directory): string | undefined {
    const given = this.#given.get(directory.name)
    if (given !== undefined) return given
    const value = this.#rules.properties.get(directory.name)
    if (value !== '' && !this.#rules.administrative) return this.#fullPath(directory.name, value)
    if (directory.parent !== '') return undefined
    const root = value || this.#rules.properties.get('TARGETDIR') || this.#rules.properties.get('ROOTDRIVE')
    if (root === '') throw new InstallError(2704, [directory.name])
    return this.#fullPath(directory.name, root)
  }

  #resolveSource(directory: string): string {
    const chain: Directory[] = []
    let at = this.#find(directory)
    for (; at.parent !== ''; at = this.#find(at.parent)) {
      if (chain.length > maximumDepth || chain.includes(at)) throw new InstallError(2705, ['Directory'])
      chain.push(at)
    }
    const root = this.#rules.sourceRoot()
    if (root === '') throw new InstallError(2703, ['SourceDir'])
    return chain.reduceRight((path, one) => one.sourceName === '' ? path : withTrailingBackslash(joinPath(path, one.sourceName)), withTrailingBackslash(root))
  }

  /** `target:source`, each `short|long`; `.` is the parent itself. */
  #names(directory: string, defaultDir: string): { targetName: string; sourceName: string } {
    const [target = '', source = target] = defaultDir.split(':')
    const { shortTargets, shortSources, administrative } = this.#rules
    const sourceName = this.#segment(directory, source, shortSources)
    return { sourceName, targetName: administrative ? sourceName : this.#segment(directory, target, shortTargets) }
  }

  #segment(directory: string, text: string, short: boolean): string {
    const bar = text.indexOf('|')
    const name = (bar < 0 ? text : short ? text.slice(0, bar) : text.slice(bar + 1)).trim()
    if (name === '.' || name === '?') return ''
    if (/[\\/]/.test(name) || name === '..') throw new InstallError(1324, [name], { cause: new Error(`Directory ${directory}`) })
    return name
  }

  /** @throws InstallError 1324, 1327 */
  #fullPath(directory: string, path: string): string {
    const trimmed = path.trim().replaceAll('/', '\\')
    const full = /^[A-Za-z]:$/.test(trimmed) ? `${trimmed}\\` : trimmed
    if (!isFullPath(full)) throw new InstallError(2606, [directory, path])
    const parts = pathSegments(full)
    if (parts === undefined || parts.segments.some((segment) => /[<>:"|?*]/.test(segment))) throw new InstallError(1324, [path])
    if (parts.drive !== '' && !this.#rules.drives.some((drive) => sameName(drive.slice(0, 2), parts.drive))) throw new InstallError(1327, [`${parts.drive}\\`])
    if (parts.drive === '') throw new InstallError(1606, [path])
    const drive = full.slice(0, 2)
    return withTrailingBackslash(joinPath(`${drive}\\`, ...parts.segments.map((segment) => segment.trim())))
  }
}

function endsInName(path: string, name: string): boolean {
  const trimmed = withoutTrailingBackslash(path)
  return sameName(trimmed.slice(trimmed.lastIndexOf('\\') + 1), name)
}
