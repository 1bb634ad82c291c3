// The TextStream object: lines and characters of a text, in or out.
// https://learn.microsoft.com/office/vba/language/reference/user-interface-help/textstream-object
import { HostObject, isGiven, long, members, method, property, scriptError, toLong, toText, type MemberTable, type Variant } from '../../scripting/index.ts'

export class TextStream extends HostObject {
  readonly typeName = 'TextStream'
  readonly members: MemberTable<never> = table
  readonly #text: string | undefined
  readonly #write: ((text: string) => void) | undefined
  readonly close: () => void
  at = 0

  private constructor(text: string | undefined, write: ((text: string) => void) | undefined, close: () => void) {
    super()
    this.#text = text
    this.#write = write
    this.close = close
  }

  static reading(text: string): TextStream {
    return new TextStream(text, undefined, () => {})
  }

  static writing(write: (text: string) => void, close: () => void = () => {}): TextStream {
    return new TextStream(undefined, write, close)
  }

  /** @throws ScriptError 54 when it is for writing, 62 at the end */
  #readable(): string {
    if (this.#text === undefined) throw scriptError(54)
    if (this.at >= this.#text.length) throw scriptError(62)
    return this.#text
  }

  get isAtEnd(): boolean {
    return this.at >= (this.#text?.length ?? 0)
  }

  get isAtLineEnd(): boolean {
    return this.isAtEnd || this.#text![this.at] === '\n' || this.#text![this.at] === '\r'
  }

  get line(): number {
    return (this.#text?.slice(0, this.at).split('\n').length ?? 1)
  }

  get column(): number {
    return this.at - ((this.#text?.lastIndexOf('\n', this.at - 1) ?? -1) + 1) + 1
  }

  read(count: number): string {
    const text = this.#readable().slice(this.at, this.at + count)
    this.at += text.length
    return text
  }

  readLine(): string {
    const text = this.#readable()
    const end = text.indexOf('\n', this.at)
    const line = text.slice(this.at, end < 0 ? text.length : end)
    this.at = end < 0 ? text.length : end + 1
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }

  write(text: string): void {
    if (this.#write === undefined) throw scriptError(54)
    this.#write(text)
  }
}

const table = members<TextStream>({
  AtEndOfStream: property((self) => self.isAtEnd), AtEndOfLine: property((self) => self.isAtLineEnd),
  Line: property((self) => long(self.line)), Column: property((self) => long(self.column)),
  Read: method(1, (self, count) => self.read(toLong(count))), ReadLine: method(0, (self) => self.readLine()), ReadAll: method(0, (self) => self.read(Infinity)),
  Skip: method(1, (self, count) => void self.read(toLong(count))), SkipLine: method(0, (self) => void self.readLine()),
  Write: method(1, (self, text) => void self.write(toText(text))),
  WriteLine: method([0, 1], (self, text: Variant) => void self.write(`${isGiven(text) ? toText(text) : ''}\n`)),
  WriteBlankLines: method(1, (self, count) => void self.write('\n'.repeat(Math.max(0, toLong(count))))),
  Close: method(0, (self) => void self.close()),
})
