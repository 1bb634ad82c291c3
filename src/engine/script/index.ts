// What the other parts of the engine use of scripts.
export { sweepReplacedFiles } from './commit.ts'
export type { CustomActionOperation, CustomActionRunner, HostOperation, Perform, ScriptSources, SourceFile } from './handler.ts'
export { scriptTicks } from './progress.ts'
export { recoverInterruptedInstallation, type RecoveryReport } from './recovery.ts'
export { Transaction, type ScriptHost } from './transaction.ts'
