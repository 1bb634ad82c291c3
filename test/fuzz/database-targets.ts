// Packages as others see them: modules that are merged, patches that are read, folders that are put together.
import { bytesSource, concatBytes } from 'msikit/base'
import { databaseClassIds, exportArchive, importArchive, mergeDatabase, mergeModule, openDatabase, patchFiles, readPatch, type Database } from 'msikit/database'
import { aDatabase } from '../../dist/testing/index.js'
import { mutateBytes, mutateCells, mutateStream, mutateWith } from './mutate.ts'
import type { Random } from './random.ts'
import { packageSeeds } from './seeds.ts'
import type { Target } from './target.ts'

/** A feature, a table with a conflict, and sequences: what modules are merged into. */
function target(): Database {
  return aDatabase({
    Feature: [['Main', null, null, null, null, 1, null, 0]], Property: [['ProductName', 'Own']], Directory: [['TARGETDIR', null, 'SourceDir']], CustomAction: [],
    InstallExecuteSequence: [['CostInitialize', null, 800], ['InstallFiles', null, 4000]],
  })
}

function exerciseModule(bytes: Uint8Array): void {
  const database = target()
  mergeModule(database, openDatabase(bytes), { feature: 'Main', directory: 'TARGETDIR', language: 1033, configure: ({ format }) => format === 'integer' ? 7 : undefined })
  mergeDatabase(target(), openDatabase(bytes), { errorTable: 'MergeErrors' })
  database.save({ write: () => undefined })
}

function exercisePatch(bytes: Uint8Array): void {
  const database = openDatabase(bytes)
  patchFiles(readPatch(openDatabase({ classId: databaseClassIds.patch, entries: database.toStorage().entries })))
}

function exerciseFolder(bytes: Uint8Array): void {
  const files = [...exportArchive(openDatabase(bytes))].map(({ path, source }) => ({ path, source: bytesSource(concatBytes([source.read(0, source.size)])) }))
  for (const { path } of files) if (path.some((name) => name === '' || name === '.' || name === '..' || /[\\/\0]/.test(name))) throw new Error(`unsafe path: ${path.join('/')}`)
  importArchive(files).save({ write: () => undefined })
}

const mutate = (seed: Uint8Array, random: Random): Uint8Array => random.chance(20) ? mutateBytes(seed, random) : mutateWith(random.chance(50) ? mutateCells : mutateStream, seed, random)

export const databaseTargets: Readonly<Record<string, Target>> = {
  'merge-module': { seeds: packageSeeds, mutate, exercise: exerciseModule, inputs: 3000 },
  patch: { seeds: packageSeeds, mutate, exercise: exercisePatch, inputs: 3000 },
  folder: { seeds: packageSeeds, mutate, exercise: exerciseFolder, inputs: 2000 },
}
