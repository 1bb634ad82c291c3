export { categoryProblem, type CategoryProblem } from './table/categories.ts'
export {
  columnFromLetters, integerBias, typeLetters, typeWord, type Column, type ColumnDefinition, type ColumnType,
} from './table/column.ts'
export {
  createDatabase, Database, databaseClassIds, newParts, openDatabase, readParts, type CreateDatabaseOptions, type DatabaseParts,
  type DatabaseSource, type OpenDatabaseOptions, type SaveOptions, type TableDefinition,
} from './database.ts'
export { storageFromFile } from './database-streams.ts'
export { DatabaseError } from './database-error.ts'
export { decodeStreamName, encodeStreamName, type StreamName } from './stream-name.ts'
export type { StringPool } from './string-pool/string-pool.ts'
export type { Cell } from './table/cell.ts'
export { Row } from './table/row.ts'
export { Table } from './table/table.ts'
export { columnsFromText, standardTable, standardTableNames, type StandardColumn, type StandardColumnType, type StandardRow, type StandardTable } from './standard-tables.ts'
export { validateRow, validateRowDeletion, type ValidationProblem, type ValidationScope } from './table/validation.ts'
export { exportTable, importTable, type ExportOptions, type ImportOptions } from './archive/text-archive.ts'
export { applyTransform, transformErrors, type ApplyTransformOptions } from './transform/apply-transform.ts'
export { mergeDatabase, type MergeConflict, type MergeOptions } from './merge.ts'
export { generateTransform } from './transform/generate-transform.ts'
export { readTransformSummary, type RowChange } from './transform/transform.ts'
export {
  checkTransform, transformErrorConditions, transformValidations, readTransformTarget, type TransformConditions, type TransformMismatch,
  type TransformTarget,
} from './transform/transform-summary.ts'
export { openTransform, readTransform, type TransformContent, type TransformedTable, type TransformRow, type TransformTable } from './transform/transform-content.ts'
export { patchFiles, readPatch, type Patch, type PatchFile, type PatchMetadata, type PatchSequence, type PatchTransform } from './patch.ts'
export { exportArchive, importArchive, type ArchiveFile } from './archive/folder-archive.ts'
export { configurableItems, type ConfigurableItem, type ProvideValue } from './merge-module/configuration.ts'
export type { ModuleDependency } from './merge-module/compatibility.ts'
export { moduleLanguages } from './merge-module/language.ts'
export { connectModule, mergeModule, moduleCabinet, type MergedModule, type MergeModuleOptions } from './merge-module/merge-module.ts'
export { mergeProblemTypes, type MergeProblem } from './merge-module/problem.ts'
