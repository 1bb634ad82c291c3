// A feature of the session. https://learn.microsoft.com/windows/win32/msi/feature-table
import type { InstallState } from './states.ts'

export interface Feature {
  readonly name: string
  readonly parent: Feature | undefined
  readonly title: string
  attributes: number
  readonly directory: string
  /** After the Condition table. */
  level: number
  installed: InstallState
  request: InstallState
  /** What happens to it; `unknown` is nothing. */
  action: InstallState
  /** REINSTALL: what is installed is installed again; `action` is then the installed state. */
  reinstall: boolean
  /** Names of its components, in FeatureComponents order. */
  readonly components: readonly string[]
}
