// A folder with those above it. `mkdirSync` with `recursive` never returns where the host says ENOENT for what has a
// parent, as below /proc.
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** @throws the host's error when it cannot be made, or is a file */
export function makeFolder(folder: string): void {
  const missing: string[] = []
  for (let at = resolve(folder); !existsSync(at); at = dirname(at)) missing.push(at)
  for (const path of missing.toReversed()) mkdirSync(path)
  if (missing.length === 0 && !statSync(folder).isDirectory()) mkdirSync(folder)
}
