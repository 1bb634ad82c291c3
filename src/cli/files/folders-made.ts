// Folders that are made on the way to something that then fails go again.
import { existsSync, rmdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** @param use may make `folder` and those above it: when it throws, those that are empty are removed again */
export function takingBackFolders<Result>(folder: string, use: () => Result): Result {
  const missing = missingFolders(folder)
  try {
    return use()
  } catch (error) {
    removeEmpty(missing)
    throw error
  }
}

/** Innermost first. */
export function missingFolders(folder: string): string[] {
  const missing: string[] = []
  for (let at = resolve(folder); !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at)
  return missing
}

/** Innermost first. One that is not empty ends it: so are those above. */
export function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      if (existsSync(folder)) rmdirSync(folder)
    } catch {
      return
    }
  }
}
