// Names of streams as people read and type them. Property sets begin with U+0005, shown as `\x05`, and some tools encode
// the rest of such a name, which the database keeps as it is.
import { decodeStreamName, type Database } from '../../database/index.ts'
import { CommandError } from '../program/errors.ts'
import { nearest } from '../program/nearest.ts'
import { escapeControls } from './columns.ts'

export function shownName(name: string): string {
  return escapeControls(name.startsWith('\u0005') ? decodeStreamName(name).name : name)
}

/** The stream that a name on the command line means: as it is shown, with or without its `\x05`. */
export function findStreamName(database: Database, typed: string): string | undefined {
  const names = database.streamNames()
  if (names.includes(typed)) return typed
  return names.find((name) => shownName(name) === typed) ?? names.find((name) => name.startsWith('\u0005') && shownName(name) === `\\x05${typed}`)
}

/** @throws CommandError ERROR_INVALID_PARAMETER when there is no such stream. */
export function requireStreamName(database: Database, path: string, typed: string): string {
  const found = findStreamName(database, typed)
  if (found !== undefined) return found
  const close = nearest(typed, database.streamNames().map(shownName))
  throw new CommandError('ERROR_INVALID_PARAMETER', `${path}: expected a stream of the package, found "${typed}"`,
    `${close === undefined ? '' : `Did you mean ${close}? `}\`msikit streams ${path}\` lists the streams.`)
}
