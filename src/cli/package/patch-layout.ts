// The files of a patch (.msp), laid out as its transforms say. A patch names only what it adds or changes: without the
// package that it is for, a file whose row stands there alone has its key for a name. Deltas get `.delta` behind theirs.
import { openCabinet } from '../../cabinet/index.ts'
import {
  applyTransform, checkTransform, createDatabase, patchFiles, readPatch, readTransform, readTransformSummary, standardTable, transformErrors, type Database, type Patch, type PatchTransform,
} from '../../database/index.ts'
import { filesOf, layOutFiles, type LaidOutFile, type LayoutKind } from '../layout/file-layout.ts'
import { checkSegments, pathOf, Places } from '../layout/places.ts'
import { CommandError } from '../program/errors.ts'
import { cabinetSource, type PackageSource } from './package-files.ts'

export interface PatchLayout {
  readonly files: readonly LaidOutFile[]
  /** `#name`, as the Media table has them. The sequence of a file is the number of its cabinet here. */
  readonly cabinets: readonly string[]
}

/** The package that a patch is for. */
export interface PatchTarget {
  readonly path: string
  readonly database: Database
}

/** @param target The package that the patch is for; it is changed. @throws CommandError ERROR_PATCH_TARGET_NOT_FOUND (1642) when it is not */
export function layOutPatch(opened: PackageSource, kind: LayoutKind, target?: PatchTarget): PatchLayout {
  const patch = readPatch(opened.database)
  const chosen = target === undefined ? undefined : transformFor(target, patch)
  const known = new Map<string, LaidOutFile>()
  for (const database of chosen === undefined ? patch.transforms.map(({ name }) => addedRows(patch, name)) : [patched(target!.database, chosen)]) {
    for (const file of filesOf(layOutFiles(database, kind))) if (!known.has(file.key)) known.set(file.key, file)
  }
  const listed = patchFiles(patch)
  const deltas = new Set(listed.filter((one) => one.kind === 'delta').map(({ file }) => file))
  const places = new Places()
  // Cabinets of other transforms may have files with the same keys: other contents for another version of the product.
  const wanted = new Set(listed.filter(({ transform }) => transform === chosen?.name).map(({ cabinet }) => cabinet))
  const cabinets = patch.cabinets.filter((name) => chosen === undefined || wanted.has(name)).map((name) => `#${name}`)
  const all = cabinets.flatMap((cabinet, sequence) => openCabinet(cabinetSource(opened, cabinet)).files.map(({ name, size }) => ({ name, size, sequence })))
  const files = all.map(({ name, size, sequence }): LaidOutFile => {
    const place = known.get(name)
    const path = place === undefined ? [name] : pathOf(place)
    if (deltas.has(name)) path[path.length - 1] += '.delta'
    checkSegments(path, `file ${name}`)
    return { key: name, sourcePath: path, sizeBytes: size, sequence, compressed: true, ...places.take(path, name) }
  })
  return { files, cabinets }
}

function patched(target: Database, { product, patch }: PatchTransform): Database {
  const all = Object.values(transformErrors).reduce((sum, flag) => flag === transformErrors.viewTransform ? sum : sum | flag, 0)
  for (const storage of [product, patch]) if (storage !== undefined) applyTransform(target, storage, { errorConditions: all })
  return target
}

/** That of several transforms which is made for the package. Another version of the product may do: files seldom move. */
function transformFor({ path, database }: PatchTarget, { targets, transforms }: Patch): PatchTransform {
  const code = productCode(database)
  const found = transforms.find(({ product }) => checkTransform(database, readTransformSummary(product)) === undefined)
    ?? transforms.find(({ target }) => target.productCode.toUpperCase() === code.toUpperCase())
  if (found !== undefined) return found
  throw new CommandError('ERROR_PATCH_TARGET_NOT_FOUND', `${path}: expected a package that the patch is for, with the product code ${targets.join(' or ')}, found ${code}`,
    '`msikit info` tells of a patch what it is for. Without --target its files are taken too, with their keys for names.')
}

function productCode(database: Database): string {
  return database.table('Property')?.find('ProductCode')?.text('Value') ?? 'none'
}

/** What a transform adds to the tables that say where files go. */
function addedRows(patch: Patch, name: string): Database {
  const database = createDatabase()
  const transform = patch.transforms.find((one) => one.name === name)!
  for (const table of readTransform(transform.product).tables) {
    const columns = ['File', 'Component', 'Directory'].includes(table.name) ? standardTable(table.name)?.columns.map((column) => ({ ...column, nullable: !column.key })) : undefined
    if (columns === undefined) continue
    const made = database.createTable({ name: table.name, columns })
    for (const { kind, cells } of table.rows) {
      if (kind === 'insert') made.insert(columns.map((column) => cells.get(column.name) ?? null))
    }
  }
  return database
}
