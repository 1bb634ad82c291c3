export { HostProcesses } from './processes.ts'
export { createHostRestartManager, hostPlatform as restartManagerPlatform, type HostOptions } from './restart-manager.ts'
export { SystemdServices, type SystemdOptions } from './services.ts'
export { defaultSessionFolder, FolderSessionStore } from './session-store.ts'
