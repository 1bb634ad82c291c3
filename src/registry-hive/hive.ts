// A REGF hive: the binary file that Windows keeps a branch of its registry in.
import { type Finding, Findings, RegistryKey } from '../base/index.ts'
import { readHive } from './hive-reader.ts'
import { writeHive } from './hive-writer.ts'
import { defaultSecurity } from './security.ts'

export interface HiveOptions {
  /** 3 is what Windows 2000 and installers' own hives have, 5 what Windows keeps its own in. */
  readonly minorVersion?: 3 | 5
  /** The end of the path that Windows loads it from; at most 31 characters are stored. */
  readonly fileName?: string
  /** The tree; an empty one when absent. */
  readonly root?: RegistryKey
  /** Self-relative security descriptor of the root. */
  readonly security?: Uint8Array
}

export class Hive {
  readonly root: RegistryKey
  readonly minorVersion: number
  readonly fileName: string
  /** What was wrong with the file it was read from. */
  readonly findings: readonly Finding[]
  readonly #security: Uint8Array
  #sequence: number

  constructor(root: RegistryKey, details: { minorVersion: number; fileName: string; sequence: number; security: Uint8Array; findings: readonly Finding[] }) {
    this.root = root
    this.minorVersion = details.minorVersion
    this.fileName = details.fileName
    this.findings = details.findings
    this.#sequence = details.sequence
    this.#security = details.security
  }

  /** Changes may still stand in the hive's log files, which are not read. */
  get isIncomplete(): boolean {
    return this.findings.some((finding) => finding.id === 'hive-not-closed')
  }

  /**
   * The hive as a file.
   * @param now FILETIME written into the file.
   */
  toBytes(now: bigint): Uint8Array<ArrayBuffer> {
    this.#sequence = (this.#sequence + 1) >>> 0
    return writeHive({ root: this.root, minorVersion: this.minorVersion, sequence: this.#sequence, fileName: this.fileName, lastWritten: now, security: this.#security })
  }
}

/**
 * Reads a hive.
 * @throws FormatError ERROR_INVALID_DATA when it is none or its root cannot be read; with `strict`, for every deviation
 */
export function openHive(bytes: Uint8Array, options: { strict?: boolean } = {}): Hive {
  const findings = new Findings(options.strict)
  const { root, baseBlock } = readHive(bytes, findings)
  return new Hive(root, {
    minorVersion: baseBlock.minorVersion, fileName: baseBlock.fileName, sequence: baseBlock.primarySequence, security: defaultSecurity(), findings: findings.list,
  })
}

export function createHive(options: HiveOptions = {}): Hive {
  return new Hive(options.root ?? new RegistryKey('', 0n), {
    minorVersion: options.minorVersion ?? 5, fileName: options.fileName ?? '', sequence: 0, security: options.security ?? defaultSecurity(), findings: [],
  })
}
