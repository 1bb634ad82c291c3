// ServiceControl and self-registration: work that needs a running Windows or the host's service
// manager. What is done is the engine's policy; here it is only asked for, and asked to be taken back.
import type { HostOperation, OperationHandler } from '../handler.ts'

export const hostWork: OperationHandler<HostOperation, null> = {
  effect: 'outside',
  capture() {
    return null
  },
  async apply(operation, _image, context) {
    context.log(`${operation.op}: ${await context.hostWork(operation, false)}`)
  },
  async undo(operation, _image, { hostWork, log }) {
    const inverse = inverseOf(operation)
    log(`${inverse.op}: ${hostWork === undefined ? 'not done: there is nobody to ask' : await hostWork(inverse, true)}`)
  },
}

function inverseOf(operation: HostOperation): HostOperation {
  switch (operation.op) {
    case 'ServiceControl': return { ...operation, control: operation.control === 'start' ? 'stop' : 'start' }
    case 'RegSelfReg': return { ...operation, op: 'RegSelfUnreg' }
    case 'RegSelfUnreg': return { ...operation, op: 'RegSelfReg' }
  }
}
