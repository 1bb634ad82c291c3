// What commands that change a package have in common: where the result goes, and what becomes of a signature.
import type { Database } from '../../database/index.ts'
import { forceOption, replaceFile, requireChangeable, requireFree, writeOutput } from '../files/output-file.ts'
import type { CommandInput, Host, OptionSpec } from '../program/command.ts'
import { CommandError, UsageError } from '../program/errors.ts'
import { openPackage, type OpenedPackage } from './open-package.ts'

export const editOptions: Readonly<Record<string, OptionSpec>> = {
  output: { short: 'o', value: 'NEW', about: 'Write the changed package to this file and leave FILE as it is' },
  force: { ...forceOption, about: 'Replace NEW when it is there already' },
}

/** A package to be changed: a whole file. @throws CommandError */
export function openToEdit(path: string, input: CommandInput): OpenedPackage {
  const output = input.value('output')
  if (output === undefined && input.has('force')) throw new UsageError('option --force: expected with -o NEW only; FILE itself is changed without it')
  if (output === undefined) requireChangeable(path)
  else requireFree(output, input)
  const opened = openPackage(path)
  if (opened.content !== opened.source) {
    throw new CommandError('ERROR_NOT_SUPPORTED', `${path}: expected a file, found a storage inside of one`, 'Take the storage out, change it, and put it back.')
  }
  return requireDatabase(opened)
}

/** @throws CommandError for a transform, which is a list of changes. */
export function requireDatabase<Opened extends OpenedPackage>(opened: Opened): Opened {
  if (!isTransform(opened)) return opened
  throw new CommandError('ERROR_NOT_SUPPORTED', `${opened.path}: expected a package, found a transform`, '`msikit transform` shows, makes and applies transforms.')
}

export function isTransform({ database }: Pick<OpenedPackage, 'database'>): boolean {
  return database.tableNames.includes('_TransformView') && database.table('_TransformView')!.temporary
}

/** In place or to -o NEW, whole or not at all. */
export function saveEdited(opened: OpenedPackage, database: Database, input: CommandInput, { err }: Host): string {
  const { file } = opened
  const output = input.value('output')
  const isSigned = database.stream('\u0005DigitalSignature') !== undefined
  if (output === undefined) replaceFile(file, (sink) => { database.save(sink) }, opened)
  else writeOutput(output, input, (sink) => { database.save(sink) })
  const path = output ?? file
  if (isSigned) {
    err.line(`note: ${path} is not what was signed any more; \`msikit stream rm ${path} DigitalSignature\` takes the signature out`)
    err.flush()
  }
  return path
}
