// The Directory table resolved to target and source paths. https://learn.microsoft.com/windows/win32/msi/using-the-directory-table
// https://learn.microsoft.com/windows/win32/msi/using-the-directory-table

export interface Directories {
  /** Full target path with a trailing backslash. @throws InstallError 2727 for an unknown directory. */
  target(directory: string): string
  /** Full source path with a trailing backslash. */
  source(directory: string): string
  /** Type 35 custom actions and MsiSetTargetPath: children that derive from it move along. */
  setTarget(directory: string, path: string): void
  /** The same, with the directories below it. */
  moveTarget(directory: string, path: string): void
  has(directory: string): boolean
}
