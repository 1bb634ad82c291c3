// The rules of the summary information API: which property takes which type, and how many may be added.
// https://learn.microsoft.com/windows/win32/api/msiquery/nf-msiquery-msisummaryinfosetpropertyw
import { WindowsError } from '../base/index.ts'
import { SummaryProperty, type SummaryInformation, type SummaryValue } from './summary-information.ts'

/** Property ids run from 0, the dictionary, to this. */
const largestProperty = SummaryProperty.security

/** The only type that a property may be given; undefined for one that cannot be set. */
export function variantType(property: number): 'i2' | 'i4' | 'lpstr' | 'filetime' | undefined {
  if (property === SummaryProperty.codepage) return 'i2'
  if (property >= SummaryProperty.title && property <= SummaryProperty.revision || property === SummaryProperty.application) return 'lpstr'
  if (property >= 10 && property <= SummaryProperty.saved) return 'filetime'
  if (property >= SummaryProperty.pageCount && property <= SummaryProperty.characterCount || property === SummaryProperty.security) return 'i4'
  return undefined
}

/** Changes a summary information as MsiSummaryInfoSetProperty does. */
export class SummaryEditor {
  readonly #properties: Map<number, SummaryValue>
  readonly #initial: SummaryInformation
  #additionsLeft: number

  /** @param updateCount how many properties may be added; with 0 nothing can be changed */
  constructor(summary: SummaryInformation, updateCount: number) {
    this.#initial = summary
    this.#properties = new Map(summary.properties)
    this.#additionsLeft = updateCount
    this.isReadOnly = updateCount === 0
  }

  readonly isReadOnly: boolean

  get propertyCount(): number {
    return this.#properties.size
  }

  /** @throws WindowsError ERROR_UNKNOWN_PROPERTY for an id that no summary information has */
  get(property: number): SummaryValue | undefined {
    if (property < 0 || property > largestProperty) {
      throw new WindowsError('ERROR_UNKNOWN_PROPERTY', `summary property: expected 0 to ${largestProperty}, found ${property}`)
    }
    return this.#properties.get(property)
  }

  /**
   * @throws WindowsError ERROR_DATATYPE_MISMATCH for a type that the property does not take, ERROR_FUNCTION_FAILED when
   * the information is read-only or full
   */
  set(property: number, value: SummaryValue): void {
    const expected = variantType(property)
    if (value.type !== expected) {
      throw new WindowsError('ERROR_DATATYPE_MISMATCH', `summary property ${property}: expected ${expected ?? 'nothing'}, found ${value.type}`)
    }
    if (this.isReadOnly) throw readOnly()
    if (!this.#properties.has(property)) {
      if (this.#additionsLeft === 0) throw new WindowsError('ERROR_FUNCTION_FAILED', `summary property ${property}: expected no more properties to be added`)
      this.#additionsLeft--
    }
    this.#properties.set(property, value)
  }

  /** What is to be stored. @throws WindowsError ERROR_FUNCTION_FAILED when the information is read-only */
  result(): SummaryInformation {
    if (this.isReadOnly) throw readOnly()
    const codepage = this.#properties.get(SummaryProperty.codepage)
    return { codepage: codepage?.type === 'i2' ? codepage.value & 0xffff : this.#initial.codepage, properties: this.#properties }
  }
}

function readOnly(): WindowsError {
  return new WindowsError('ERROR_FUNCTION_FAILED', 'summary information: expected it to be opened for changes, found it read-only')
}
