export { categoryProblem, type CategoryProblem } from './categories.ts'
export {
  columnFromLetters, integerBias, typeLetters, typeWord, type Column, type ColumnDefinition, type ColumnType,
} from './column.ts'
export {
  createDatabase, Database, databaseClassIds, newParts, openDatabase, readParts, type CreateDatabaseOptions, type DatabaseParts,
  type DatabaseSource, type OpenDatabaseOptions, type SaveOptions, type TableDefinition,
} from './database.ts'
export { storageFromFile } from './database-streams.ts'
export { DatabaseError } from './database-error.ts'
export { decodeStreamName, encodeStreamName, type StreamName } from './stream-name.ts'
export type { StringPool } from './string-pool.ts'
export type { Cell } from './cell.ts'
export { Row } from './row.ts'
export { Table } from './table.ts'
export { columnsFromText, standardTable, standardTableNames, type StandardColumn, type StandardColumnType, type StandardRow, type StandardTable } from './standard-tables.ts'
export { validateRow, validateRowDeletion, type ValidationProblem, type ValidationScope } from './validation.ts'
export { exportTable, importTable, type ExportOptions, type ImportOptions } from './text-archive.ts'
export { applyTransform, transformErrors, type ApplyTransformOptions } from './apply-transform.ts'
export { mergeDatabase, type MergeConflict, type MergeOptions } from './merge.ts'
export { generateTransform } from './generate-transform.ts'
export { readTransformSummary, type RowChange } from './transform.ts'
export {
  checkTransform, transformErrorConditions, transformValidations, readTransformTarget, type TransformConditions, type TransformMismatch,
  type TransformTarget,
} from './transform-summary.ts'
export { openTransform, readTransform, type TransformContent, type TransformedTable, type TransformRow, type TransformTable } from './transform-content.ts'
export { patchFiles, readPatch, type Patch, type PatchFile, type PatchMetadata, type PatchSequence, type PatchTransform } from './patch.ts'
export { exportArchive, importArchive, type ArchiveFile } from './folder-archive.ts'
export { configurableItems, type ConfigurableItem, type ProvideValue } from './merge-module/configuration.ts'
export type { ModuleDependency } from './merge-module/compatibility.ts'
export { moduleLanguages } from './merge-module/language.ts'
export { connectModule, mergeModule, moduleCabinet, type MergedModule, type MergeModuleOptions } from './merge-module/merge-module.ts'
export { mergeProblemTypes, type MergeProblem } from './merge-module/problem.ts'
