// Folders of the Directory table: the standard ones below TARGETDIR, and those of the product below them.
// https://learn.microsoft.com/windows/win32/msi/directory-table
import type { Draft } from './draft.ts'
import { FolderNames } from './names.ts'

/** The folders that Windows Installer resolves, with their names in an administrative image. */
const standardFolders = {
  AdminToolsFolder: 'AdmTools', AppDataFolder: 'AppData', CommonAppDataFolder: 'CommApp', CommonFiles64Folder: 'CFiles64',
  CommonFilesFolder: 'CFiles', DesktopFolder: 'Desktop', FavoritesFolder: 'Favorite', FontsFolder: 'Fonts', LocalAppDataFolder: 'LocalApp',
  MyPicturesFolder: 'Pictures', NetHoodFolder: 'NetHood', PersonalFolder: 'Personal', PrintHoodFolder: 'PrntHood',
  ProgramFiles64Folder: 'PFiles64', ProgramFilesFolder: 'PFiles', ProgramMenuFolder: 'ProgMenu', RecentFolder: 'Recent', SendToFolder: 'SendTo',
  StartMenuFolder: 'StrtMenu', StartupFolder: 'Startup', System16Folder: 'System16', System64Folder: 'System64', SystemFolder: 'System',
  TempFolder: 'Temp', TemplateFolder: 'Template', WindowsFolder: 'Windows', WindowsVolume: 'WinVol',
} as const

export type StandardFolder = keyof typeof standardFolders

export interface FolderOptions {
  /** Primary key, which is also the property that holds the path; made of the name when absent. */
  readonly key?: string
  /** Name in the source, when it is another. */
  readonly sourceName?: string
}

export class Folder {
  readonly key: string
  /** From TARGETDIR or a standard folder on, with backslashes. */
  readonly path: string
  /** Of the source media, long names with backslashes, ending in one unless it is the root. */
  readonly sourcePath: string
  readonly names = new FolderNames()
  readonly #draft: Draft
  readonly #children = new Map<string, Folder>()

  /** Use {@link PackageBuilder.folder}. */
  constructor(draft: Draft, key: string, path: string, sourcePath: string) {
    this.#draft = draft
    this.key = key
    this.path = path
    this.sourcePath = sourcePath
  }

  /** The root of all folders. */
  static target(draft: Draft): Folder {
    draft.add('Directory', { Directory: draft.keys('Directory').claim('TARGETDIR'), DefaultDir: 'SourceDir' })
    return new Folder(draft, 'TARGETDIR', 'TARGETDIR', '')
  }

  /** A folder that Windows Installer resolves. Only TARGETDIR has such. */
  standard(name: StandardFolder): Folder {
    return this.#child(name, () => {
      this.#draft.add('Directory', { Directory: this.#draft.keys('Directory').claim(name), Directory_Parent: this.key, DefaultDir: standardFolders[name] })
      return new Folder(this.#draft, name, name, `${standardFolders[name]}\\`)
    })
  }

  /** The folder below this one; `name` may be several, separated by backslashes. Asking again gives the same one. */
  folder(name: string, options: FolderOptions = {}): Folder {
    const [first, ...rest] = name.split('\\')
    if (rest.length > 0) return this.folder(first!).folder(rest.join('\\'), options)
    return this.#child(`\\${first!.toUpperCase()}`, () => {
      const path = `${this.path}\\${first}`
      const keys = this.#draft.keys('Directory')
      const key = options.key === undefined ? keys.derive(first!, path) : keys.claim(options.key)
      const target = this.names.filename(first!)
      const source = options.sourceName === undefined ? '' : `:${new FolderNames().filename(options.sourceName)}`
      this.#draft.add('Directory', { Directory: key, Directory_Parent: this.key, DefaultDir: target + source })
      return new Folder(this.#draft, key, path, `${this.sourcePath}${options.sourceName ?? first}\\`)
    })
  }

  #child(name: string, make: () => Folder): Folder {
    const child = this.#children.get(name) ?? make()
    this.#children.set(name, child)
    return child
  }
}

export function isStandardFolder(name: string): name is StandardFolder {
  return Object.hasOwn(standardFolders, name)
}
