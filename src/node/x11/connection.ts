// A connection to an X server on this machine: set-up with the cookie of an authority file, requests in order, one reply each.
// Only a socket that belongs to the administrator or to the display's user is trusted with the cookie.
import { readFileSync, statSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { answerLength, setupLength, setupRequest, setupRoots } from './protocol.ts'

export interface Display {
  /** As in the environment variable: `:0`, `:10.0`. */
  readonly name: string
  readonly authorityFile?: string
  readonly userId: number
}

/** A reply to a hostile length field may not grow without bound. */
const longestAnswer = 1 << 24

export class XConnection implements Disposable {
  roots: readonly number[] = []
  /** The bits of a window's number that its client chooses. */
  resourceMask = 0
  readonly #socket: Socket
  #received = Buffer.alloc(0)
  #pending: ((reply: Buffer | undefined) => void)[] = []
  #answered = 0
  #started: ((ok: boolean) => void) | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('error', () => this.#fail())
    socket.on('close', () => this.#fail())
  }

  /** `undefined` when there is no such display on this machine, or it does not let us in, in time. */
  static async open(display: Display, limitMs: number): Promise<XConnection | undefined> {
    const path = socketPath(display)
    if (path === undefined) return undefined
    const connection = new XConnection(createConnection(path))
    const started = new Promise<boolean>((resolve) => { connection.#started = resolve })
    connection.#socket.setTimeout(limitMs, () => connection[Symbol.dispose]())
    connection.#socket.write(setupRequest(findCookie(display)))
    if (await started) return connection
    connection[Symbol.dispose]()
    return undefined
  }

  /** `undefined` when the server answers with an error, or no more. */
  request(bytes: Buffer): Promise<Buffer | undefined> {
    if (this.#socket.destroyed) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.#pending.push(resolve)
      this.#socket.write(bytes)
    })
  }

  /** A request that has no reply; errors of it are passed over. */
  send(bytes: Buffer): void {
    if (this.#socket.destroyed) return
    this.#pending.push(() => {})
    this.#socket.write(bytes)
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
    this.#fail()
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    if (this.#started) {
      if (this.#received.length < 8 || this.#received.length < setupLength(this.#received)) return
      const roots = setupRoots(this.#received.subarray(0, setupLength(this.#received)))
      if (roots) this.resourceMask = this.#received.readUInt32LE(16)
      this.#received = this.#received.subarray(setupLength(this.#received))
      this.roots = roots ?? []
      const started = this.#started
      this.#started = undefined
      started(roots !== undefined)
    }
    while (this.#received.length >= 32) {
      const length = answerLength(this.#received)
      if (length > longestAnswer) return this[Symbol.dispose]()
      if (this.#received.length < length) return
      const answer = this.#received.subarray(0, length)
      this.#received = this.#received.subarray(length)
      if (answer[0] === 0 || answer[0] === 1) this.#answer(answer)
    }
  }

  /** Requests without a reply that came before this one have succeeded silently. */
  #answer(answer: Buffer): void {
    const behind = (answer.readUInt16LE(2) - this.#answered) & 0xffff
    this.#answered += behind
    for (let index = 1; index < behind; index++) this.#pending.shift()?.(undefined)
    this.#pending.shift()?.(answer[0] === 1 ? Buffer.from(answer) : undefined)
  }

  #fail(): void {
    this.#started?.(false)
    this.#started = undefined
    for (const resolve of this.#pending.splice(0)) resolve(undefined)
  }
}

function displayNumber({ name }: Display): string | undefined {
  return /^(?:unix)?:(\d{1,5})(?:\.\d+)?$/.exec(name)?.[1]
}

function socketPath(display: Display): string | undefined {
  const number = displayNumber(display)
  if (number === undefined) return undefined
  const path = `/tmp/.X11-unix/X${number}`
  try {
    const { uid } = statSync(path)
    return uid === 0 || uid === display.userId ? path : undefined
  } catch {
    // No server listens there any more.
    return undefined
  }
}

/** Xauthority: records of family, address, display number, name and data, each with its length, big-endian. */
function findCookie(display: Display): { name: string; data: Uint8Array } | undefined {
  let bytes: Buffer
  try {
    bytes = readFileSync(display.authorityFile ?? `${process.env.HOME ?? ''}/.Xauthority`)
  } catch {
    // Without a cookie: some servers let local users in all the same.
    return undefined
  }
  const wanted = displayNumber(display)
  for (let offset = 2; offset < bytes.length;) {
    const fields: Buffer[] = []
    for (let field = 0; field < 4; field++) {
      if (offset + 2 > bytes.length) return undefined
      const length = bytes.readUInt16BE(offset)
      fields.push(bytes.subarray(offset + 2, offset + 2 + length))
      offset += 2 + length
    }
    const number = fields[1]!.toString('latin1')
    const name = fields[2]!.toString('latin1')
    if ((number === wanted || number === '') && name === 'MIT-MAGIC-COOKIE-1') return { name, data: fields[3]! }
    offset += 2
  }
  return undefined
}
