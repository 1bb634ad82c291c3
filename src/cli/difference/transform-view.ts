// A transform as a database that can be compared: its changes as rows of a table that stays, named as Windows Installer names it.
import { createDatabase, readTransform } from '../../database/index.ts'
import { isTransform } from '../package/edit-package.ts'
import type { OpenedPackage } from '../package/open-package.ts'
import { CommandError } from '../program/errors.ts'

const viewName = '_TransformView'

/** @throws CommandError when one is a transform and the other is not: a list of changes is no package. */
export function areTransforms(a: OpenedPackage, b: OpenedPackage): boolean {
  if (isTransform(a) === isTransform(b)) return isTransform(a)
  const [transform, other] = isTransform(a) ? [a, b] : [b, a]
  throw new CommandError('ERROR_NOT_SUPPORTED', `expected two packages or two transforms, found the transform ${transform.path} and the package ${other.path}`,
    `\`msikit transform show ${transform.path} BASE.msi\` tells what it changes; \`msikit transform apply BASE.msi ${transform.path} -o NEW.msi\` makes a package to compare with.`)
}

export function comparableTransform(opened: OpenedPackage): OpenedPackage {
  const shown = opened.database
  const database = createDatabase({ codepage: shown.codepage, classId: shown.classId })
  const view = shown.table(viewName)!
  const table = database.createTable({ name: viewName, columns: view.columns.map((column) => ({ ...column, temporary: false })) })
  for (const row of view.rows()) table.insert(row.cells())
  for (const name of shown.streamNames()) database.setStream(name, shown.stream(name))
  return { ...opened, database }
}

/** Tables whose changes cannot be told without the package that a transform is made for. */
export function unknownTables(...transforms: readonly OpenedPackage[]): string[] {
  return [...new Set(transforms.flatMap(({ content }) => readTransform(content).unknownTables))]
}
