// Facts about the emulated Windows machine that properties, folders and conditions are made of. Data, no behaviour.

export interface Machine {
  /** As VersionNT has it: 603 for every later Windows too. */
  readonly versionNT: number
  readonly windowsBuild: number
  readonly servicePackLevel: number
  readonly architecture: 'x86' | 'x64' | 'arm64'
  readonly productType: 'workstation' | 'domain-controller' | 'server'
  readonly computerName: string
  readonly user: MachineUser
  /** LANGIDs. */
  readonly systemLanguage: number
  readonly userLanguage: number
  readonly physicalMemoryMb: number
  /** Windows environment variables, names in upper case, as `%NAME%` and `[%NAME]` see them. */
  readonly environment: Readonly<Record<string, string>>
}

export interface MachineUser {
  readonly name: string
  readonly sid: string
  /** Windows path, such as `C:\Users\name`. */
  readonly profile: string
  readonly isAdministrator: boolean
}
