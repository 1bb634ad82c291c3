// The SummaryInfo object. https://learn.microsoft.com/windows/win32/msi/summaryinfo-object
import { SummaryEditor, variantType, type SummaryInformation, type SummaryValue } from '../property-set/index.ts'
import {
  date, indexed, integer, long, members, method, property, serialOfMoment, toLong, toNumber, toText, VariantNumber, VariantType, type MemberTable, type Variant,
} from '../vbscript/index.ts'
import { AutomationObject, type LastError } from './automation-object.ts'

/** 1601-01-01 from 1970-01-01. */
const filetimeEpochMs = -11644473600000
/** 1970-01-01 as a date of scripts. */
const unixDay = 25569

export class SummaryInfoObject extends AutomationObject {
  readonly typeName = 'SummaryInfo'
  readonly members: MemberTable<never> = table
  readonly editor: SummaryEditor
  readonly #utcOffsetMinutes: number
  readonly #persist: (summary: SummaryInformation) => void

  constructor(summary: SummaryInformation, updateCount: number, utcOffsetMinutes: number, persist: (summary: SummaryInformation) => void, lastError: LastError) {
    super(lastError)
    this.editor = new SummaryEditor(summary, updateCount)
    this.#utcOffsetMinutes = utcOffsetMinutes
    this.#persist = persist
  }

  get(id: number): Variant {
    const value = this.editor.get(id)
    switch (value?.type) {
      case 'i2': return integer(value.value)
      case 'i4': return long(value.value)
      case 'lpstr': return value.value
      case 'filetime': return date(serialOfMoment(Number(value.value / 10000n) + filetimeEpochMs, this.#utcOffsetMinutes))
      default: return undefined
    }
  }

  set(id: number, value: Variant): void {
    this.editor.set(id, this.#valueOf(id, value))
  }

  #valueOf(id: number, value: Variant): SummaryValue {
    const type = variantType(id)
    if (type === 'filetime' && value instanceof VariantNumber && value.type === VariantType.date) {
      const ms = Math.round((toNumber(value) - unixDay) * 86_400_000) - this.#utcOffsetMinutes * 60_000
      return { type, value: BigInt(ms - filetimeEpochMs) * 10000n }
    }
    if (type === 'i2' || type === 'i4') return { type, value: toLong(value) }
    // What does not fit is told by the editor.
    return { type: 'lpstr', value: toText(value) }
  }

  persist(): void {
    this.#persist(this.editor.result())
  }
}

const table = members<SummaryInfoObject>({
  Property: indexed(1, (self, id) => self.get(toLong(id)), (self, value, id) => { self.set(toLong(id), value) }),
  PropertyCount: property((self) => long(self.editor.propertyCount)),
  Persist: method(0, (self) => void self.persist()),
})
