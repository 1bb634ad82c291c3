// ServiceControl, self-registration and type libraries: work that needs a running Windows or the host's service
// manager. What is done is the engine's policy; here it is only asked for, and asked to be taken back.
import type { HostOperation, OperationHandler, OperationOf, ScriptContext } from '../handler.ts'

export const hostWork: OperationHandler<HostOperation, null> = {
  effect: 'outside',
  capture() {
    return null
  },
  async apply(operation, _image, context) {
    context.log(`${operation.op}: ${await context.hostWork(operation, false)}`)
  },
  async undo(operation, _image, context) {
    const { hostWork } = context as Partial<ScriptContext>
    const inverse = hostWork === undefined ? undefined : inverseOf(operation)
    if (inverse !== undefined) context.log(`${operation.op}: ${await hostWork!(inverse, true)}`)
  },
}

function inverseOf(operation: HostOperation): HostOperation | undefined {
  switch (operation.op) {
    case 'ServiceControl': return { ...operation, control: operation.control === 'start' ? 'stop' : 'start' }
    case 'RegSelfReg': return { ...operation, op: 'RegSelfUnreg' } satisfies OperationOf<'RegSelfUnreg'>
    case 'RegSelfUnreg': return { ...operation, op: 'RegSelfReg' } satisfies OperationOf<'RegSelfReg'>
    case 'TypeLibraryRegister': return { ...operation, op: 'TypeLibraryUnregister' } satisfies OperationOf<'TypeLibraryUnregister'>
    case 'TypeLibraryUnregister': return { ...operation, op: 'TypeLibraryRegister' } satisfies OperationOf<'TypeLibraryRegister'>
  }
}
