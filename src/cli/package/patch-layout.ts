// The files of a patch (.msp), laid out as its transforms say. A patch names only what it adds or changes: without the
// package that it is for, a file whose row stands there alone has its key for a name. Deltas get `.delta` behind theirs.
import { openCabinet } from '../../cabinet/index.ts'
import { applyTransform, createDatabase, patchFiles, readPatch, readTransform, standardTable, transformErrors, type Database, type Patch } from '../../database/index.ts'
import { filesOf, layOutFiles, type LaidOutFile, type LayoutKind } from '../layout/file-layout.ts'
import { cabinetSource, type PackageSource } from './package-files.ts'
import { checkSegments, pathOf, Places } from '../layout/places.ts'

export interface PatchLayout {
  readonly files: readonly LaidOutFile[]
  /** `#name`, as the Media table has them. */
  readonly cabinets: readonly string[]
}

/** @param target The package that the patch is for; it is changed. */
export function layOutPatch(opened: PackageSource, kind: LayoutKind, target?: Database): PatchLayout {
  const patch = readPatch(opened.database)
  const known = new Map<string, LaidOutFile>()
  for (const database of target === undefined ? patch.transforms.map(({ name }) => addedRows(patch, name)) : [patched(target, patch)]) {
    for (const file of filesOf(layOutFiles(database, kind))) if (!known.has(file.key)) known.set(file.key, file)
  }
  const deltas = new Set(patchFiles(patch).filter((one) => one.kind === 'delta').map(({ file }) => file))
  const places = new Places()
  const cabinets = patch.cabinets.map((name) => `#${name}`)
  const files = cabinets.flatMap((cabinet) => openCabinet(cabinetSource(opened, cabinet)).files).map(({ name, size }): LaidOutFile => {
    const place = known.get(name)
    const path = place === undefined ? [name] : pathOf(place)
    if (deltas.has(name)) path[path.length - 1] += '.delta'
    checkSegments(path, `file ${name}`)
    return { key: name, sourcePath: path, sizeBytes: size, sequence: 0, compressed: true, ...places.take(path, name) }
  })
  return { files, cabinets }
}

function patched(target: Database, { transforms }: Patch): Database {
  const all = Object.values(transformErrors).reduce((sum, flag) => flag === transformErrors.viewTransform ? sum : sum | flag, 0)
  for (const { product, patch } of transforms.slice(0, 1)) {
    for (const storage of [product, patch]) if (storage !== undefined) applyTransform(target, storage, { errorConditions: all })
  }
  return target
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
