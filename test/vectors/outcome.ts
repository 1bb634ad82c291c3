// What replaying one vector came to, and the comparison of a returned value with what a vector expects of it.

export interface Outcome {
  readonly id: string
  readonly status: 'passed' | 'failed' | 'skipped'
  /** Why it failed, or the operation that is missing. */
  readonly detail?: string
}

export function passed(id: string): Outcome {
  return { id, status: 'passed' }
}

export function failed(id: string, detail: string): Outcome {
  return { id, status: 'failed', detail }
}

export function skipped(id: string, detail: string): Outcome {
  return { id, status: 'skipped', detail }
}
