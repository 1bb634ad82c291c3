// What people call a program: the Name of its desktop entry. Found by the control group that the desktop has put the program into
// (`app-LAUNCHER-ID-RANDOM.scope`), by the entry it says it was launched from, or by the executable that an entry starts.
// Desktop Entry Specification 1.5; XDG Base Directory Specification 0.8; systemd's "Desktop Environment Integration".
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, delimiter, join, relative, resolve, sep } from 'node:path'
import { isInterpreter } from '../../platform/index.ts'

export interface DesktopEntry {
  /** `org.example.Editor`, without the suffix. */
  readonly id: string
  readonly name: string
  /** As words, without field codes such as %U. */
  readonly exec: readonly string[]
  readonly tryExec: string
}

/** What identifies a process to the catalogue. */
export interface Launched {
  readonly pid: number
  readonly executable: string
  readonly arguments: readonly string[]
  /** Last part of the control group's path. */
  readonly group: string
  readonly environment: Readonly<Record<string, string>>
}

const mostEntries = 4096

export class DesktopEntries {
  readonly #folders: readonly string[]
  readonly #languages: readonly string[]
  readonly #path: readonly string[]
  #entries: ReadonlyMap<string, DesktopEntry> | undefined
  #byExecutable: ReadonlyMap<string, readonly DesktopEntry[]> | undefined

  constructor(environment: NodeJS.ProcessEnv = process.env) {
    this.#folders = dataFolders(environment).map((folder) => join(folder, 'applications'))
    this.#languages = languagesOf(environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || '')
    this.#path = (environment.PATH ?? '').split(delimiter).filter((folder) => folder.startsWith('/'))
  }

  nameOf(launched: Launched): string | undefined {
    this.#entries ??= readEntries(this.#folders, this.#languages)
    if (this.#entries.size === 0) return undefined
    const entry = this.#byId(idOfGroup(launched.group)) ?? this.#launchedFrom(launched) ?? this.#startedBy(launched)
    return entry?.name
  }

  #byId(id: string | undefined): DesktopEntry | undefined {
    return id === undefined ? undefined : this.#entries?.get(id)
  }

  /** The variables are inherited, so they speak for the process they name alone. */
  #launchedFrom({ pid, environment: { GIO_LAUNCHED_DESKTOP_FILE: file = '', GIO_LAUNCHED_DESKTOP_FILE_PID: owner } }: Launched): DesktopEntry | undefined {
    if (owner !== String(pid)) return undefined
    return this.#byId(file.slice(file.lastIndexOf('/') + 1).replace(/\.desktop$/, ''))
  }

  /**
   * Of several entries for one executable the one whose arguments the process has too; when that does not decide, none.
   * An interpreter is the application only when it runs nothing, else its script is.
   */
  #startedBy({ executable, arguments: [, ...args] }: Launched): DesktopEntry | undefined {
    this.#byExecutable ??= this.#indexExecutables()
    const isScript = isInterpreter(basename(executable)) && args.length > 0
    const own = (this.#byExecutable.get(executable) ?? []).filter(({ exec }) => !isScript || exec.length > 1)
    const scripts = isScript ? args.slice(0, 1).flatMap((script) => this.#byExecutable?.get(resolve('/', script)) ?? []) : []
    const candidates = [...own, ...scripts]
    const fitting = candidates.filter(({ exec }) => exec.slice(1).every((word) => args.includes(word)))
    const most = Math.max(...fitting.map(({ exec }) => exec.length))
    const best = fitting.filter(({ exec }) => exec.length === most)
    return new Set(best.map(({ name }) => name)).size === 1 ? best[0] : undefined
  }

  #indexExecutables(): ReadonlyMap<string, readonly DesktopEntry[]> {
    const found = new Map<string, DesktopEntry[]>()
    for (const entry of this.#entries?.values() ?? []) {
      const paths = new Set([entry.exec[0] ?? '', entry.tryExec].flatMap((program) => this.#resolve(program)))
      for (const path of paths) found.set(path, [...found.get(path) ?? [], entry])
    }
    return found
  }

  /** The path as written, and where its links lead. */
  #resolve(program: string): string[] {
    if (program === '') return []
    for (const path of program.startsWith('/') ? [program] : this.#path.map((folder) => join(folder, program))) {
      // Most are not there, and in the next folder perhaps.
      if (!existsSync(path)) continue
      try {
        return [path, realpathSync.native(path)]
      } catch {
        // Gone in this moment.
      }
    }
    return []
  }
}

function dataFolders(environment: NodeJS.ProcessEnv): string[] {
  const home = environment.XDG_DATA_HOME || (environment.HOME ? join(environment.HOME, '.local/share') : '')
  const system = (environment.XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':')
  return [...new Set([home, ...system, '/var/lib/flatpak/exports/share', '/var/lib/snapd/desktop'])].filter((folder) => folder.startsWith('/'))
}

/** `de_AT.UTF-8@euro`: de_AT@euro, de_AT, de@euro, de. */
function languagesOf(locale: string): string[] {
  const [, language, country = '', modifier = ''] = /^([a-z]+)(_[A-Z]+)?(?:\.[^@]*)?(@.*)?$/.exec(locale) ?? []
  return language === undefined ? [] : [...new Set([`${language}${country}${modifier}`, `${language}${country}`, `${language}${modifier}`, language])]
}

/** An entry of an earlier folder hides one of the same id in a later. */
function readEntries(folders: readonly string[], languages: readonly string[]): ReadonlyMap<string, DesktopEntry> {
  const found = new Map<string, DesktopEntry>()
  for (const folder of folders) {
    for (const path of entryFiles(folder)) {
      if (found.size >= mostEntries) return found
      const id = relative(folder, path).replaceAll(sep, '-').replace(/\.desktop$/, '')
      const entry = found.has(id) ? undefined : readEntry(path, id, languages)
      if (entry) found.set(id, entry)
    }
  }
  return found
}

function entryFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.desktop')).map((name) => join(folder, name))
  } catch {
    // No such folder: most of them are missing on most machines.
    return []
  }
}

function readEntry(path: string, id: string, languages: readonly string[]): DesktopEntry | undefined {
  try {
    return parseDesktopEntry(readFileSync(path, 'utf8'), id, languages)
  } catch {
    // A link that leads nowhere, or a file of somebody else's.
    return undefined
  }
}

/** `undefined` for what is no application. */
export function parseDesktopEntry(text: string, id: string, languages: readonly string[]): DesktopEntry | undefined {
  const values = new Map<string, string>()
  let group = ''
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('[')) group = line.trim()
    else if (group === '[Desktop Entry]' && /^[A-Za-z]/.test(line) && line.includes('=')) {
      const sign = line.indexOf('=')
      values.set(line.slice(0, sign).trim(), line.slice(sign + 1).trim())
    }
  }
  const name = languages.map((language) => values.get(`Name[${language}]`)).find((one) => one !== undefined) ?? values.get('Name') ?? ''
  if (values.get('Type') !== 'Application' || name === '') return undefined
  return { id, name: name.replaceAll('\\s', ' ').replaceAll('\\\\', '\\'), exec: programOf(words(values.get('Exec') ?? '')), tryExec: values.get('TryExec') ?? '' }
}

/** Words in double quotes may hold blanks, and backslashes there escape. Field codes stand for what the desktop puts in. */
function words(exec: string): string[] {
  return [...exec.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => quoted?.replaceAll(/\\(.)/g, '$1') ?? plain!)
    .filter((word) => !/^%[a-zA-Z]$/.test(word)).map((word) => word.replaceAll('%%', '%'))
}

/** `env A=b program` starts the program. */
function programOf(exec: readonly string[]): readonly string[] {
  if (!/^(?:\/usr\/bin\/|\/bin\/)?env$/.test(exec[0] ?? '')) return exec
  const at = exec.findIndex((word, index) => index > 0 && !word.includes('=') && !word.startsWith('-'))
  return at < 0 ? exec : exec.slice(at)
}

/** `app[-LAUNCHER]-ID-RANDOM.scope` or `app[-LAUNCHER]-ID[@RANDOM].service`; a dash within the id is written `\x2d`. */
export function idOfGroup(group: string): string | undefined {
  const parts = /^app-(.*)\.scope$/.exec(group)?.[1]?.split('-').slice(0, -1) ?? /^app-(.*?)(?:@[^@]*)?\.service$/.exec(group)?.[1]?.split('-')
  const id = parts?.at(-1)
  return id === undefined || id === '' ? undefined : id.replaceAll(/\\x([0-9a-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}
