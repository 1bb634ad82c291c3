// The enumerations and limits of restartmanager.h. In TypeScript a member goes by its plain name, such as `mainWindow`;
// the tables give the Windows constant's name and value. Sets of bits are arrays of names.
// https://learn.microsoft.com/windows/win32/api/restartmanager/

export interface WindowsConstant {
  readonly constant: string
  readonly value: number
}

/** RM_APP_TYPE: what kind of application it is, and so how it is closed. */
export const ApplicationType = {
  /** Can only be closed by force. */
  unknown: { constant: 'RmUnknownApp', value: 0 },
  /** Stand-alone, with a window of its own. */
  mainWindow: { constant: 'RmMainWindow', value: 1 },
  /** Graphical, without a window that could be found. */
  otherWindow: { constant: 'RmOtherWindow', value: 2 },
  service: { constant: 'RmService', value: 3 },
  /** The desktop's shell. */
  explorer: { constant: 'RmExplorer', value: 4 },
  /** A program of a terminal, or one in the background that heeds signals. */
  console: { constant: 'RmConsole', value: 5 },
  /** Must not or cannot be closed; the reboot reasons say why. */
  critical: { constant: 'RmCritical', value: 1000 },
} as const satisfies Record<string, WindowsConstant>
export type ApplicationType = keyof typeof ApplicationType

/** RM_APP_STATUS: what has happened to an application so far. Several hold at once. */
export const ApplicationStatus = {
  running: { constant: 'RmStatusRunning', value: 0x1 },
  /** Closed by this session. */
  stopped: { constant: 'RmStatusStopped', value: 0x2 },
  /** Ended without this session's doing. */
  stoppedOther: { constant: 'RmStatusStoppedOther', value: 0x4 },
  restarted: { constant: 'RmStatusRestarted', value: 0x8 },
  errorOnStop: { constant: 'RmStatusErrorOnStop', value: 0x10 },
  errorOnRestart: { constant: 'RmStatusErrorOnRestart', value: 0x20 },
  /** A filter exempts it from being closed. */
  shutdownMasked: { constant: 'RmStatusShutdownMasked', value: 0x40 },
  /** A filter exempts it from being started again. */
  restartMasked: { constant: 'RmStatusRestartMasked', value: 0x80 },
} as const satisfies Record<string, WindowsConstant>
export type ApplicationStatus = keyof typeof ApplicationStatus

/** RM_REBOOT_REASON: why files would stay in use until the machine restarts. */
export const RebootReason = {
  permissionDenied: { constant: 'RmRebootReasonPermissionDenied', value: 0x1 },
  /** It belongs to another user's login session. */
  sessionMismatch: { constant: 'RmRebootReasonSessionMismatch', value: 0x2 },
  criticalProcess: { constant: 'RmRebootReasonCriticalProcess', value: 0x4 },
  criticalService: { constant: 'RmRebootReasonCriticalService', value: 0x8 },
  /** It is the caller itself, or what the caller runs in. */
  detectedSelf: { constant: 'RmRebootReasonDetectedSelf', value: 0x10 },
} as const satisfies Record<string, WindowsConstant>
export type RebootReason = keyof typeof RebootReason

/** RM_FILTER_ACTION */
export const FilterAction = {
  noRestart: { constant: 'RmNoRestart', value: 1 },
  /** And so no restart either. */
  noShutdown: { constant: 'RmNoShutdown', value: 2 },
} as const satisfies Record<string, WindowsConstant>
export type FilterAction = keyof typeof FilterAction

/** RM_FILTER_TRIGGER */
export const FilterTrigger = {
  /** The application's executable. */
  file: { constant: 'RmFilterTriggerFile', value: 1 },
  process: { constant: 'RmFilterTriggerProcess', value: 2 },
  service: { constant: 'RmFilterTriggerService', value: 3 },
} as const satisfies Record<string, WindowsConstant>
export type FilterTrigger = keyof typeof FilterTrigger

/** RM_SHUTDOWN_TYPE */
export const ShutdownType = {
  force: { constant: 'RmForceShutdown', value: 0x1 },
  onlyRegistered: { constant: 'RmShutdownOnlyRegistered', value: 0x10 },
} as const satisfies Record<string, WindowsConstant>

/** The flags of RegisterApplicationRestart: when not to start the application again. */
export const RestartFlag = {
  noCrash: { constant: 'RESTART_NO_CRASH', value: 1 },
  noHang: { constant: 'RESTART_NO_HANG', value: 2 },
  /** Not after it was closed for an update, which is all that the Restart Manager does. */
  noPatch: { constant: 'RESTART_NO_PATCH', value: 4 },
  noReboot: { constant: 'RESTART_NO_REBOOT', value: 8 },
} as const satisfies Record<string, WindowsConstant>
export type RestartFlag = keyof typeof RestartFlag

/** The value of a set of bits, as the Windows function would return it. */
export function bits<Name extends string>(table: Readonly<Record<Name, WindowsConstant>>, names: readonly Name[]): number {
  return names.reduce((sum, name) => sum | table[name].value, 0)
}

/** The names of the bits that are set. */
export function names<Name extends string>(table: Readonly<Record<Name, WindowsConstant>>, value: number): Name[] {
  return (Object.keys(table) as Name[]).filter((name) => (value & table[name].value) !== 0)
}

/** Sessions one user may have open at once. */
export const maximumSessions = 64
/** CCH_RM_SESSION_KEY: hexadecimal digits of a session key. */
export const sessionKeyLength = 32
/** RM_SESSION_KEY_LEN: bytes of a session key. */
export const sessionKeyBytes = 16
/** CCH_RM_MAX_APP_NAME, in UTF-16 units. */
export const maximumApplicationName = 255
/** CCH_RM_MAX_SVC_NAME, in UTF-16 units. */
export const maximumServiceName = 63
/** RESTART_MAX_CMD_LINE, in UTF-16 units. */
export const maximumRestartCommandLine = 1024
/** RM_INVALID_TS_SESSION */
export const noLoginSession = -1
/** RM_INVALID_PROCESS */
export const noProcess = -1
