// Operations that only change the registry: each says which edits it stands for, looking at what is there.
import type { Registry } from '../../platform/index.ts'
import type { AnyOperation, OperationHandler, ScriptContext } from './handler.ts'
import type { RegistryEdit } from './operation.ts'
import { applyRegistry, captureRegistry, undoRegistry, type RegistryImage } from './registry-change.ts'

export interface PlannedEdits {
  readonly edits: readonly RegistryEdit[]
  readonly before: RegistryImage
}

export type RegistryHandler<O extends AnyOperation> = OperationHandler<O, PlannedEdits, RegistryImage>

export function registryOperation<O extends AnyOperation>(editsOf: (operation: O, registry: Registry, context: ScriptContext) => readonly RegistryEdit[]): RegistryHandler<O> {
  return {
    effect: 'registry',
    capture: (operation, context) => {
      const { registry } = context.platform
      const edits = editsOf(operation, registry, context)
      return { edits, before: captureRegistry(edits, registry) }
    },
    before: ({ before }) => before,
    apply: (_operation, { edits }, { platform }) => { applyRegistry(edits, platform.registry) },
    undo: (_operation, before, { platform }) => { undoRegistry(before, platform.registry) },
  }
}
