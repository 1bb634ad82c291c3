// Operations that the executor adds to a script by itself. They are journalled and undone like the others, and no
// action emits them.

export type InternalOperation =
  /** Does nothing; undone, it gives a folder that was there before its times back. */
  | { readonly op: 'FolderTimes'; readonly folder: string }
  /** Notes created folders under `Installer\Folders`, so that a later removal knows whose they are. */
  | { readonly op: 'FolderRegister'; readonly folders: readonly string[]; readonly persistent: boolean }
  /** Drops the notes of folders that are gone. */
  | { readonly op: 'FolderUnregister'; readonly folders: readonly string[] }
