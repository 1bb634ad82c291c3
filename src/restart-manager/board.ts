// The applications of a running task, their status as it changes, and its progress. Every change that a crash must not
// lose is saved before the next step is taken.
import type { ApplicationStatus } from './constants.ts'
import type { TrackedApplication } from './session-state.ts'
import { sameApplication, withStatus } from './session-state.ts'

export class Board {
  readonly warnings: string[] = []
  readonly #applications: TrackedApplication[]
  readonly #save: (applications: readonly TrackedApplication[]) => void
  readonly #onProgress: ((percent: number) => void) | undefined
  /** In this task; the statuses tell of earlier ones too. */
  readonly #failed = new Set<number>()
  #total = 0
  #done = 0
  #percent = 0

  constructor(
    applications: readonly TrackedApplication[], save: (applications: readonly TrackedApplication[]) => void,
    onProgress: ((percent: number) => void) | undefined,
  ) {
    this.#applications = [...applications]
    this.#save = save
    this.#onProgress = onProgress
  }

  get applications(): readonly TrackedApplication[] {
    return this.#applications
  }

  save(): void {
    this.#save(this.#applications)
  }

  add(application: TrackedApplication): void {
    this.#applications.push(application)
  }

  /** As it stands now. */
  current(application: TrackedApplication): TrackedApplication {
    return this.#applications[this.#indexOf(application)]!
  }

  mark(application: TrackedApplication, status: ApplicationStatus, note?: string): void {
    const index = this.#indexOf(application)
    this.#applications[index] = withStatus(this.#applications[index]!, status, note)
    if (status === 'errorOnStop' || status === 'errorOnRestart') this.#failed.add(index)
  }

  hasFailed(application: TrackedApplication): boolean {
    return this.#failed.has(this.#indexOf(application))
  }

  /** What could not be done to them in this task. */
  failures(): readonly TrackedApplication[] {
    return this.#applications.filter((_, index) => this.#failed.has(index))
  }

  replace(application: TrackedApplication, by: TrackedApplication): void {
    this.#applications[this.#indexOf(application)] = by
  }

  expect(count: number): void {
    this.#total += count
  }

  /** One more application is dealt with. */
  step(): void {
    this.#done++
    if (this.#done < this.#total) this.#report(Math.floor((this.#done * 100) / this.#total))
  }

  finish(): void {
    this.#report(100)
  }

  #report(percent: number): void {
    if (percent <= this.#percent) return
    this.#percent = percent
    try {
      this.#onProgress?.(percent)
    } catch (error) {
      if (this.warnings.length === 0) this.warnings.push(`the progress callback failed: ${String(error)}`)
    }
  }

  #indexOf(application: TrackedApplication): number {
    return this.#applications.findLastIndex((candidate) => sameApplication(candidate, application))
  }
}
