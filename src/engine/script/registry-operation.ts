// Operations that only change the registry: each says which edits it stands for, looking at what is there.
import type { Registry } from '../../platform/index.ts'
import type { AnyOperation, OperationHandler, ScriptContext } from './handler.ts'
import type { RegistryEdit } from './operation.ts'
import { applyRegistry, captureRegistry, undoRegistry, type RegistryImage } from './registry-change.ts'

export function registryOperation<O extends AnyOperation>(editsOf: (operation: O, registry: Registry, context: ScriptContext) => readonly RegistryEdit[]): OperationHandler<O, RegistryImage> {
  return {
    effect: 'registry',
    capture: (operation, context) => captureRegistry(editsOf(operation, context.platform.registry, context), context.platform.registry),
    apply: (_operation, image, { platform }) => { applyRegistry(image, platform.registry) },
    undo: (_operation, image, { platform }) => { undoRegistry(image, platform.registry) },
  }
}
