export {
  ApplicationStatus, ApplicationType, bits, FilterAction, FilterTrigger, names, RebootReason, RestartFlag, ShutdownType,
  maximumApplicationName, maximumRestartCommandLine, maximumServiceName, maximumSessions, noLoginSession, noProcess, sessionKeyBytes, sessionKeyLength,
  type WindowsConstant,
} from './constants.ts'
export type { EventListener, RestartManagerEvent } from './events.ts'
export { createRestartManager } from './manager.ts'
export { defaultLimits } from './shutdown.ts'
export {
  RestartManagerError, type Application, type ApplicationList, type Filter, type FilterTarget, type InspectOptions, type ListOptions, type Recoverable, type Resources,
  type RestartManager, type RestartManagerPlatform, type RestartOptions, type RestartRegistration, type Session,
  type SessionSummary, type ShutdownOptions, type StartOptions, type TaskOptions, type TaskOutcome, type TimeLimits,
} from './types.ts'
