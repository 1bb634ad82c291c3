// The TextStream object: lines and characters of a text, in or out.
// https://learn.microsoft.com/office/vba/language/reference/user-interface-help/textstream-object
import { HostObject, isGiven, long, members, method, property, scriptError, toLong, toText, type MemberTable, type Variant } from '../../vbscript/index.ts'

export class TextStream extends HostObject {
  readonly typeName = 'TextStream'
  readonly members: MemberTable<never> = table
  readonly #text: string | undefined
  readonly #write: ((text: string) => void) | undefined
  readonly #close: () => void
  readonly #newLine: string
  #linesWritten = 1
  #columnWritten = 1
  #isOpen = true
  at = 0

  private constructor(text: string | undefined, write: ((text: string) => void) | undefined, newLine: string, close: () => void) {
    super()
    this.#text = text
    this.#write = write
    this.#newLine = newLine
    this.#close = close
  }

  static reading(text: string): TextStream {
    return new TextStream(text, undefined, '', () => {})
  }

  static writing(write: (text: string) => void, newLine = '\r\n', close: () => void = () => {}): TextStream {
    return new TextStream(undefined, write, newLine, close)
  }

  close(): void {
    this.#isOpen = false
    this.#close()
  }

  /** @throws ScriptError 54 when it is for writing or closed, 62 at the end */
  #readable(): string {
    if (this.#text === undefined || !this.#isOpen) throw scriptError(54)
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
    return this.#text?.slice(0, this.at).split('\n').length ?? this.#linesWritten
  }

  get column(): number {
    if (this.#text === undefined) return this.#columnWritten
    const before = this.#text.slice(0, this.at)
    return before.length - before.lastIndexOf('\n')
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
    if (this.#write === undefined || !this.#isOpen) throw scriptError(54)
    const lines = text.split('\n')
    this.#linesWritten += lines.length - 1
    this.#columnWritten = (lines.length > 1 ? 1 : this.#columnWritten) + lines.at(-1)!.length
    this.#write(text)
  }

  writeLines(text: string, count: number): void {
    this.write(text + this.#newLine.repeat(Math.max(0, count)))
  }
}

const table = members<TextStream>({
  AtEndOfStream: property((self) => self.isAtEnd), AtEndOfLine: property((self) => self.isAtLineEnd),
  Line: property((self) => long(self.line)), Column: property((self) => long(self.column)),
  Read: method(1, (self, count) => self.read(toLong(count))), ReadLine: method(0, (self) => self.readLine()), ReadAll: method(0, (self) => self.read(Infinity)),
  Skip: method(1, (self, count) => void self.read(toLong(count))), SkipLine: method(0, (self) => void self.readLine()),
  Write: method(1, (self, text) => void self.write(toText(text))),
  WriteLine: method([0, 1], (self, text: Variant) => void self.writeLines(isGiven(text) ? toText(text) : '', 1)),
  WriteBlankLines: method(1, (self, count) => void self.writeLines('', toLong(count))),
  Close: method(0, (self) => void self.close()),
})
