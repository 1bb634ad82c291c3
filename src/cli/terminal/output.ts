// Text and bytes to a file descriptor: gathered in one piece and written synchronously, which starts faster than
// process.stdout and loses nothing when the process ends.
import { fstatSync, statSync, writeSync } from 'node:fs'

/** The reader went away (`msikit tables x.msi | head`): nobody is left to be told anything. */
class OutputClosedError extends Error {
  override readonly name = 'OutputClosedError'
}

/** By name: each bundle of commands has a class of its own. */
export function isOutputClosed(error: unknown): boolean {
  return error instanceof Error && (error.name === 'OutputClosedError' || (error as NodeJS.ErrnoException).code === 'EPIPE')
}

/** As wide as the paragraphs of the help are written. */
const fileWidth = 128

const pieceLength = 1 << 16

const styles = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const
export type Style = keyof typeof styles

export class Output {
  readonly #descriptor: number
  readonly #env: Readonly<Record<string, string | undefined>>
  #text = ''
  #terminal: boolean | undefined
  #colours: boolean | undefined
  #hasJson = false

  constructor(descriptor: number, env: Readonly<Record<string, string | undefined>> = {}) {
    this.#descriptor = descriptor
    this.#env = env
  }

  get isTerminal(): boolean {
    return this.#terminal ??= isTerminal(this.#descriptor)
  }

  /** Characters in a line: the terminal's, or else {@link fileWidth}. */
  get width(): number {
    if (!this.isTerminal) return fileWidth
    return Math.min((this.#descriptor === 2 ? process.stderr : process.stdout).columns || fileWidth, fileWidth)
  }

  /** On a terminal that has colours, unless $NO_COLOR says otherwise (https://no-color.org). */
  readonly style = (style: Style, text: string): string => {
    const [on, off] = styles[style]
    return text !== '' && this.#hasColours() ? `\x1b[${on}m${text}\x1b[${off}m` : text
  }

  #hasColours(): boolean {
    return this.#colours ??= (this.#env.NO_COLOR ?? '') === '' && this.#env.TERM !== 'dumb' && this.isTerminal
  }

  write(text: string): void {
    this.#text += text
    if (this.#text.length >= pieceLength) this.flush()
  }

  /** Text for people. What a package, a log or the name of a file has for the terminal (colours, titles, a turned direction of writing) is shown instead of done. */
  line(text = ''): void {
    this.write(`${visible(text)}\n`)
  }

  json(value: unknown): void {
    this.#hasJson = true
    this.write(`${JSON.stringify(value, undefined, 2)}\n`)
  }

  /** An array of which only one element is in memory at a time; it looks as `json` writes it. When there is no next one because of an error, it ends there. */
  jsonArray(values: Iterable<unknown>): void {
    let isEmpty = true
    try {
      for (const value of values) {
        this.#hasJson = true
        this.write((isEmpty ? '[\n  ' : ',\n  ') + JSON.stringify(value, undefined, 2).replaceAll('\n', '\n  '))
        isEmpty = false
      }
      if (isEmpty) this.json([])
    } finally {
      if (!isEmpty) this.write('\n]\n')
    }
  }

  /** Whether there is a JSON document already: a second one would make it none. */
  get hasJson(): boolean {
    return this.#hasJson
  }

  bytes(bytes: Uint8Array): void {
    this.flush()
    this.#writeAll(bytes)
  }

  flush(): void {
    const text = this.#text
    this.#text = ''
    if (text !== '') this.#writeAll(Buffer.from(text))
  }

  #writeAll(bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length;) {
      try {
        offset += writeSync(this.#descriptor, bytes, offset, bytes.length - offset)
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code
        // Messages that nobody reads any more must not stop an installation.
        if (code !== 'EAGAIN' && this.#descriptor === 2) return
        if (code === 'EPIPE') throw new OutputClosedError('output closed', { cause: error })
        if (code !== 'EAGAIN') throw Object.assign(error as NodeJS.ErrnoException, { path: 'standard output' })
        // A pipe that is set to non-blocking and full: wait for its reader.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
      }
    }
  }
}

const forTerminals = /(\x1b\[(?:1|2|22|31|32|33|39)m)|\r(?!\n)|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g

/** All but what `style` writes. */
function visible(text: string): string {
  return text.replace(forTerminals, (one, style?: string) => style ?? escaped(one))
}

function escaped(one: string): string {
  const code = one.charCodeAt(0)
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`
}

/** node:tty brings streams and sockets with it, a tenth of what starting costs: it is loaded only for what may be a terminal. */
/** Asks for terminals only where there may be one: what can tell them takes longer to load than most packages to read. */
function isTerminal(descriptor: number): boolean {
  try {
    if (descriptor < 0) return false
    const file = fstatSync(descriptor)
    return file.isCharacterDevice() && !isNullDevice(file.rdev) && process.getBuiltinModule('node:tty').isatty(descriptor)
  } catch {
    return false
  }
}

/** Windows tells the same number of the console and of NUL. */
function isNullDevice(device: number): boolean {
  return process.platform !== 'win32' && statSync('/dev/null').rdev === device
}
