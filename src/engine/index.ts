export * from './session/install-error.ts'
export * from './session/messages.ts'
export * from './session/states.ts'
export * from './script/index.ts'
