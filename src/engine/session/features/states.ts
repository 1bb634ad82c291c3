// Install states and action results, by the numbers that conditions, logs and the API use.
// https://learn.microsoft.com/windows/win32/msi/logging-of-action-return-values

/** INSTALLSTATE as far as features and components in a session have it. */
export const InstallState = { unknown: -1, advertised: 1, absent: 2, local: 3, source: 4, default: 5 } as const
export type InstallState = (typeof InstallState)[keyof typeof InstallState]

/** What an action returns to its sequence; the digit of `Return value N` in the log. */
export const ActionStatus = {
  notExecuted: 0, success: 1, userExit: 2, failure: 3, suspend: 4, finished: 5, wrongState: 6, invalidData: 7, alreadyRunning: 8,
} as const
export type ActionStatus = (typeof ActionStatus)[keyof typeof ActionStatus]
