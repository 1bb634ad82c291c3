// What an operation's file provides: looking (`capture`), doing (`apply`) and taking back (`undo`), side by side.
// `undo` is right whatever part of `apply` happened and may be repeated. docs/design/script.md
import type { ByteSource } from '../../base/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { ActionStatus } from '../session/features/states.ts'
import type { Backups } from './backups.ts'
import type { CaseCollisions } from './case-collisions.ts'
import type { InternalOperation } from './internal-operation.ts'
import type { Operation } from './operation.ts'

export type AnyOperation = Operation | InternalOperation
/** Operations of one shape share a member of the union: it answers to each of their names. */
export type OperationOf<Name extends AnyOperation['op']> = Overlapping<AnyOperation, Name>
type Overlapping<O, Name> = O extends { readonly op: infer Own } ? [Own & Name] extends [never] ? never : O : never

/**
 * What an operation changes, which decides how its journal record must precede it:
 * `files` are durable at once, `registry` at the next flush, `outside` is beyond both.
 */
export type OperationEffect = 'files' | 'registry' | 'outside' | 'none'

export interface OperationHandler<O extends AnyOperation, Image, Before = Image> {
  readonly effect: OperationEffect
  /** What is there. Looks and changes nothing. */
  capture(operation: O, context: ScriptContext): Image
  /** The before-image, JSON data: what of the captured is journalled, and kept, as `undo` needs it. All of it when absent. */
  before?(image: Image): Before
  apply(operation: O, image: Image, context: ScriptContext): void | Promise<void>
  /** Without effect when nothing was applied. The engine may be another process by now. */
  undo(operation: O, image: Before, context: UndoContext): void | Promise<void>
  /** Folded paths of the files or folders that change; the operations of one group have none in common. */
  touches?(operation: O): readonly string[]
  /** Operations that must have happened before this one is captured. */
  prerequisites?(operation: O, context: ScriptContext): readonly AnyOperation[]
  /** Operations that follow once this one has been applied. */
  consequences?(operation: O, image: Image, context: ScriptContext): readonly AnyOperation[]
}

export interface UndoContext {
  readonly platform: Platform
  readonly log: (line: string) => void
  /** Absent where nobody can run them, as in the recovery of another program's installation. */
  readonly runCustomAction?: CustomActionRunner
  readonly hostWork?: HostWork
}

/** Does an operation that a custom action asks for while it runs: journalled, and taken back with the rest. */
export type Perform = (operation: Operation) => void

export interface ScriptContext extends UndoContext {
  readonly perform: Perform
  readonly hostWork: HostWork
  readonly backups: Backups
  readonly sources: ScriptSources
  /** Full Windows path of the package that the script is of, where it has one. */
  readonly packagePath?: string
  readonly signal: AbortSignal | undefined
  /** Folders known to exist; spares a look for every file. */
  readonly knownFolders: Set<string>
  readonly collisions: CaseCollisions
}

/** Where the bytes of a package come from. */
export interface ScriptSources {
  /** A stream of the package, or of a patch, by its decoded name, such as `Icon.app.ico` or `disk1.cab`. */
  stream(name: string, patchCode?: string): ByteSource | undefined
  /** A file of the source, by the path the script has; `undefined` when it is missing, or lies on the machine itself. */
  file(path: string): SourceFile | undefined
  /** The cabinet that continues another one, by the Media table; `undefined` when no medium follows. */
  cabinetAfter?(cabinet: string): string | undefined
  /** The package as an administrative image has it: without its cabinets, marked as one. */
  administrativeImage?(): SourceFile | undefined
}

export interface SourceFile extends Disposable {
  readonly source: ByteSource
  /** Milliseconds since 1970-01-01 UTC, where they are known. */
  readonly modifiedMs?: number
}

/** Operations that only a running Windows, or the host itself, can do. */
export type HostOperation = OperationOf<'ServiceControl' | 'RegSelfReg' | 'RegSelfUnreg'>

/** Says what it did in a few words, for the log. @throws InstallError where the policy is to fail */
export type HostWork = (operation: HostOperation, undoing: boolean) => string | Promise<string>

export type CustomActionOperation = OperationOf<'CustomActionSchedule' | 'CustomActionRollback' | 'CustomActionCommit'>

/** `packagePath` is that of the package whose action it is, for who has no session of it. */
export type CustomActionRunner = (operation: CustomActionOperation, phase: 'deferred' | 'rollback' | 'commit', packagePath: string | undefined, perform?: Perform) => Promise<ActionStatus>
