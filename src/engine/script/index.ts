// What the other parts of the engine use of scripts.
export type { CommitReport, FileInUse } from './commit.ts'
export { sweepReplacedFiles } from './commit.ts'
export type { CustomActionOperation, CustomActionRunner, HostOperation, HostWork, ScriptSources, SourceFile } from './handler.ts'
export type { ActionData, FileSource, Operation, OperationName, RegistryEdit, ScriptEntry } from './operation.ts'
export { scriptTicks, operationTicks } from './progress.ts'
export { recoverInterruptedInstallation, type RecoveryOptions, type RecoveryReport } from './recovery.ts'
export type { RollbackProblem, RollbackReport } from './rollback.ts'
export { Transaction, type ScriptHost, type TransactionOptions } from './transaction.ts'
