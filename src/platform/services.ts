// The Services port: the host's service manager. A service is named as the host has it, such as `nginx.service`;
// one of the user's own manager is `user:NAME`, of another user's `user@UID:NAME`. Facts: spec of the host's manager (systemd's D-Bus interface names).

export interface Services {
  /** Why there is no service manager to talk to; `undefined` when there is one. */
  readonly unavailable: string | undefined
  /** They are those of the root itself: a Windows that runs, whose packages start and stop them. Absent: others, which only may use its files. */
  readonly ofRoot?: boolean
  /** `undefined` when there is no such service. A name without a suffix is completed. */
  describe(name: string): Promise<ServiceFacts | undefined>
  stop(name: string, limits: ServiceLimits): Promise<ServiceOutcome>
  /** Kills every process of the service, and waits until it has stopped. */
  kill(name: string, limits: ServiceLimits): Promise<ServiceOutcome>
  start(name: string, limits: ServiceLimits): Promise<ServiceOutcome>
}

export interface ServiceFacts {
  readonly name: string
  readonly description: string
  readonly active: boolean
  /** 0 when it is not running. */
  readonly mainPid: number
  /** It forbids being stopped by hand. */
  readonly refusesStop: boolean
  /** It exists only while it runs, and cannot be started again. */
  readonly transient: boolean
  /** Active services that are stopped together with it. */
  readonly dependents: readonly string[]
  /** Active sockets, timers and paths that would start it again. */
  readonly triggers: readonly string[]
}

export interface ServiceLimits {
  readonly timeLimitMs: number
  readonly signal?: AbortSignal
  /** For the start of a service of the root. */
  readonly arguments?: readonly string[]
}

export type ServiceOutcome =
  | { readonly done: true }
  | { readonly done: false; readonly why: 'timed-out' | 'cancelled' | 'refused'; readonly message: string }
