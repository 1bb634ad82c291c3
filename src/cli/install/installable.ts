// Whether a file of the host can be handed to the engine: what it is instead is told as the commands that only look tell it.
import { resolve } from 'node:path'
import { databaseClassIds, type Database } from '../../database/index.ts'
import { openPackage } from '../package/open-package.ts'
import { CommandError } from '../program/errors.ts'

/**
 * @returns the full path.
 * @throws CommandError ERROR_INSTALL_PACKAGE_OPEN_FAILED (1619), ERROR_INSTALL_PACKAGE_INVALID (1620)
 */
export function requireInstallable(file: string): string {
  using opened = openPackage(file)
  const kind = otherKind(opened.database)
  if (kind !== undefined) throw new CommandError('ERROR_INSTALL_PACKAGE_INVALID', `${file}: expected a package that can be installed, found ${kind[0]}`, kind[1])
  return resolve(file)
}

function otherKind(database: Database): readonly [what: string, advice: string] | undefined {
  switch (database.classId.toUpperCase()) {
    case databaseClassIds.patch: return ['a patch', '`msikit msiexec /p FILE` applies it to the products that it is made for; `msikit info FILE` names them.']
    case databaseClassIds.transform: return ['a transform', 'A transform changes a package that is installed: `msikit install PACKAGE TRANSFORMS=FILE`.']
  }
  if (database.table('ModuleSignature') === undefined || database.table('Feature') !== undefined) return undefined
  return ['a merge module', '`msikit merge PACKAGE FILE -o NEW` makes it a part of a package.']
}
