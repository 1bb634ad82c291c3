// What a command of `msikit` declares about itself. Parsing, help and error messages come from the declaration.
import type { Output } from '../terminal/output.ts'

export interface ArgumentSpec {
  /** As the help shows it: `FILE`. */
  readonly name: string
  readonly about: string
  /** `many` takes all that is left, one or more; `any` none or more. */
  readonly count?: 'one' | 'optional' | 'many' | 'any'
}

export interface OptionSpec {
  /** Placeholder of the value, such as `DIR`; without it the option is a switch. */
  readonly value?: string
  readonly short?: string
  /** Another spelling, which the help leaves to `about`. */
  readonly also?: string
  readonly about: string
  readonly choices?: readonly string[]
  /** May be given several times. */
  readonly many?: boolean
  readonly required?: boolean
}

export interface CommandSpec {
  readonly name: string
  readonly summary: string
  /** One or two paragraphs for a newcomer. */
  readonly about?: string
  readonly arguments: readonly ArgumentSpec[]
  readonly options: Readonly<Record<string, OptionSpec>>
  /** What comes last, as the usage line shows it: `-- COMMAND…`. */
  readonly rest?: string
  readonly examples: readonly (readonly [line: string, about: string])[]
  /** The command line is the command's own affair: nothing but a lone --help is looked at. */
  readonly rawArguments?: boolean
  /** It prints what it likes: there is no --json. */
  readonly noJson?: boolean
  /** @returns the Windows code that becomes the exit status. */
  run(input: CommandInput, host: Host): number | Promise<number>
}

export interface CommandInput {
  /** In the order given, without options. */
  readonly positionals: readonly string[]
  /** Whether a switch was given. */
  has(option: string): boolean
  /** The last value given. */
  value(option: string): string | undefined
  values(option: string): readonly string[]
  readonly json: boolean
}

/** What a command sees of the process that runs it. */
export interface Host {
  readonly out: Output
  readonly err: Output
  readonly env: Readonly<Record<string, string | undefined>>
}

export const jsonOption: OptionSpec = { about: 'Print JSON for programs instead of text for people' }
export const helpOption: OptionSpec = { short: 'h', about: 'Show this help' }
