// What a script needs of who runs it, and what it may use up.
import type { DispatchObject } from '../values/dispatch.ts'

export interface ScriptHost {
  /** Objects that the script sees by name, such as `Session`. Of those with `globalMembers` the members are names too. */
  readonly objects: ReadonlyMap<string, { readonly object: DispatchObject; readonly globalMembers?: boolean }>
  /** CreateObject: `undefined` for what this host does not have (error 429). */
  createObject(programId: string): DispatchObject | undefined
  /** GetObject; without it nothing can be got. */
  getObject?(moniker: string): DispatchObject | undefined
  /** MsgBox answers the number of a button; without it the default button of the box is pressed. */
  messageBox?(text: string, buttons: number, title: string): number | Promise<number>
  /** InputBox answers `''` when it is cancelled; without it every box is. */
  inputBox?(prompt: string, title: string, preset: string): string | Promise<string>
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number
  /** Of local time from UTC, in minutes. */
  readonly utcOffsetMinutes: number
  /** Lets others run; asked for now and then. Rejects to end the script. */
  breathe?(): Promise<void>
}

export interface ScriptLimits {
  /** Instructions. */
  readonly steps: number
  /** Of the host's clock. */
  readonly milliseconds: number
  /** Procedures within each other. */
  readonly depth: number
}

export const defaultLimits: ScriptLimits = { steps: 500_000_000, milliseconds: 600_000, depth: 800 }
