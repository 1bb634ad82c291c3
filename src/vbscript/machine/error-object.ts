// The Err object. https://learn.microsoft.com/previous-versions/sbf5ze0e(v=vs.85)
import { toLong, toText } from '../values/convert.ts'
import { HostObject, members, method, property } from '../values/dispatch.ts'
import { runtimeText, ScriptError, scriptError } from '../values/script-error.ts'
import { long, missing, type Variant } from '../values/variant.ts'

const runtimeSource = 'Microsoft VBScript runtime error'

export class ErrorObject extends HostObject {
  readonly typeName = 'Object'
  readonly members = table
  number = 0
  description = ''
  source = ''
  helpFile = ''
  helpContext = 0

  set(error: ScriptError): void {
    this.number = error.number
    this.description = error.message
    this.source = error.source
    this.helpFile = error.helpFile
    this.helpContext = error.helpContext
  }

  clear(): void {
    this.number = 0
    this.description = ''
    this.source = ''
    this.helpFile = ''
    this.helpContext = 0
  }

  raise(number: Variant, source: Variant, description: Variant, helpFile: Variant, helpContext: Variant): never {
    const code = toLong(number)
    if (code === 0) throw scriptError(5)
    const text = given(description) ? toText(description) : this.description !== '' && this.number === code ? this.description : runtimeText(code & 0xffff)
    throw new ScriptError(code, text, {
      source: given(source) ? toText(source) : this.source || runtimeSource, helpFile: given(helpFile) ? toText(helpFile) : '', helpContext: given(helpContext) ? toLong(helpContext) : 0,
    })
  }
}

function given(value: Variant): boolean {
  return value !== undefined && value !== missing
}

const number = property<ErrorObject>((self) => long(self.number), (self, value) => { self.number = toLong(value) })
const table = members<ErrorObject>({
  '': number, Number: number,
  Description: property((self) => self.description, (self, value) => { self.description = toText(value) }),
  Source: property((self) => self.source, (self, value) => { self.source = toText(value) }),
  HelpFile: property((self) => self.helpFile, (self, value) => { self.helpFile = toText(value) }),
  HelpContext: property((self) => long(self.helpContext), (self, value) => { self.helpContext = toLong(value) }),
  Clear: method(0, (self) => void self.clear()),
  Raise: method([1, 5], (self, code, source, description, helpFile, helpContext) => self.raise(code, source, description, helpFile, helpContext)),
})
