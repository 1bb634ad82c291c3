// The Services port: the host's service manager.

export interface Services {
  /** Why there is no service manager to talk to; `undefined` when there is one. */
  readonly unavailable: string | undefined
}
