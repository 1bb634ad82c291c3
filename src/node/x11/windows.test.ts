// The client of X11 against a server of this test's own, which says what no server here would: that it does not know whose windows
// are, nothing at all, or nonsense. A real server is in test/restart-manager/windows.test.ts.
import { strict as assert } from 'node:assert'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { closeWindows, listWindows } from './windows.ts'

const sockets = '/tmp/.X11-unix'
const folder = mkdtempSync(join(tmpdir(), 'msikit-x11-'))
after(() => { rmSync(folder, { recursive: true }) })

function whyNot(): { skip?: string } {
  if (process.platform === 'win32') return { skip: 'this system has no sockets in the file system' }
  try {
    mkdirSync(sockets, { recursive: true, mode: 0o1777 })
    writeFileSync(join(sockets, 'msikit-test'), '')
    rmSync(join(sockets, 'msikit-test'))
    return {}
  } catch {
    return { skip: `${sockets} cannot be written` }
  }
}

interface FakeWindow {
  readonly mapped?: boolean
  readonly pid?: number
  readonly title?: string
  readonly plainTitle?: string
  readonly machine?: string
  readonly closable?: boolean
}

interface Behaviour {
  readonly windows?: Readonly<Record<number, FakeWindow>>
  /** What a window manager lists. */
  readonly clients?: readonly number[]
  /** By client number, from X-Resource. */
  readonly owners?: Readonly<Record<number, number>>
  /** Instead of answering to the set-up. */
  readonly setup?: Buffer | 'silence'
  /** Instead of answering to the first request. */
  readonly answer?: Buffer
}

const root = 0x100
const mask = 0x1f_ffff
const resourceOpcode = 130

class FakeServer implements AsyncDisposable {
  readonly number: number
  readonly messages: { window: number; type: string; data: string }[] = []
  readonly cookies: string[] = []
  readonly #server: Server
  readonly #behaviour: Behaviour
  readonly #atoms: string[] = ['none']
  readonly #clients = new Set<Socket>()

  constructor(behaviour: Behaviour, number: number) {
    this.#behaviour = behaviour
    this.number = number
    this.#server = createServer((socket) => { this.#serve(socket) })
  }

  static async start(behaviour: Behaviour): Promise<FakeServer> {
    for (let number = 40_000 + process.pid % 10_000; ; number++) {
      const server = new FakeServer(behaviour, number)
      const listens = await new Promise<boolean>((done) => {
        server.#server.once('error', () => { done(false) }).listen(join(sockets, `X${number}`), () => { done(true) })
      })
      if (listens) return server
    }
  }

  get display() {
    return { name: `:${this.number}.0`, userId: process.geteuid?.() ?? 0, authorityFile: join(folder, 'authority') }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#clients) socket.destroy()
    await new Promise((done) => { this.#server.close(done) })
  }

  #serve(socket: Socket): void {
    this.#clients.add(socket)
    socket.on('error', () => {})
    let received = Buffer.alloc(0)
    let [isSetUp, sequence] = [false, 0]
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (!isSetUp) {
        const length = 12 + align(received.readUInt16LE(6)) + align(received.readUInt16LE(8))
        if (received.length < length) return
        this.cookies.push(received.toString('latin1', length - align(received.readUInt16LE(8)), length))
        received = received.subarray(length)
        isSetUp = true
        if (this.#behaviour.setup === 'silence') return
        // In two pieces: the length is known before all is there.
        const answer = this.#behaviour.setup ?? setup()
        socket.write(answer.subarray(0, 10))
        socket.write(answer.subarray(10))
      }
      while (received.length >= 4 && received.length >= received.readUInt16LE(2) * 4) {
        const request = received.subarray(0, received.readUInt16LE(2) * 4)
        received = received.subarray(request.length)
        const answer = this.#answer(request, ++sequence)
        if (answer) socket.write(answer)
      }
    })
  }

  #answer(request: Buffer, sequence: number): Buffer | undefined {
    const { windows = {}, clients, owners, answer } = this.#behaviour
    if (sequence === 1 && answer) return answer
    const atom = () => request.toString('latin1', 8, 8 + request.readUInt16LE(4))
    switch (request[0]) {
      case 3: return reply(sequence, Buffer.alloc(12), (head) => { head[26] = windows[request.readUInt32LE(4)]?.mapped === false ? 0 : 2 })
      case 15: return reply(sequence, words(Object.keys(windows).map(Number)), (head) => { head.writeUInt16LE(Object.keys(windows).length, 16) })
      case 16: return reply(sequence, Buffer.alloc(0), (head) => { head.writeUInt32LE(this.#atoms.push(atom()) - 1, 8) })
      case 20: return this.#property(request.readUInt32LE(4), this.#atoms[request.readUInt32LE(8)]!, clients, windows, sequence)
      case 25: {
        this.messages.push({ window: request.readUInt32LE(4), type: this.#atoms[request.readUInt32LE(20)]!, data: this.#atoms[request.readUInt32LE(24)]! })
        return undefined
      }
      case 43: return reply(sequence, Buffer.alloc(0))
      case 98: return reply(sequence, Buffer.alloc(0), (head) => { head[8] = owners ? 1 : 0; head[9] = resourceOpcode })
      case resourceOpcode: {
        if (request[1] === 0) return reply(sequence, Buffer.alloc(0))
        const known = Object.entries(owners ?? {})
        return reply(sequence, words(known.flatMap(([client, pid]) => [Number(client), 2, 4, pid])), (head) => { head.writeUInt32LE(known.length, 8) })
      }
      default: return error(sequence)
    }
  }

  #property(window: number, name: string, clients: readonly number[] | undefined, windows: Readonly<Record<number, FakeWindow>>, sequence: number): Buffer {
    const { pid, title, plainTitle, machine, closable } = windows[window] ?? {}
    if (window === root && name === '_NET_CLIENT_LIST' && clients) return property(sequence, 32, words(clients))
    if (window !== root && !windows[window]) return error(sequence)
    if (name === '_NET_WM_PID' && pid !== undefined) return property(sequence, 32, words([pid]))
    if (name === 'WM_PROTOCOLS' && closable !== undefined) return property(sequence, 32, words(closable ? [this.#atoms.indexOf('WM_DELETE_WINDOW')] : [this.#atoms.indexOf('WM_NAME')]))
    const text = name === '_NET_WM_NAME' && title !== undefined ? Buffer.from(title) : name === 'WM_NAME' && plainTitle !== undefined ? Buffer.from(plainTitle, 'latin1')
      : name === 'WM_CLIENT_MACHINE' && machine !== undefined ? Buffer.from(machine) : undefined
    return text ? property(sequence, 8, text) : property(sequence, 0, Buffer.alloc(0))
  }
}

const align = (length: number): number => (length + 3) & ~3

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4)
  return bytes
}

function reply(sequence: number, body: Buffer, fill: (head: Buffer) => void = () => {}): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(32), body, Buffer.alloc(align(body.length) - body.length)])
  bytes[0] = 1
  bytes.writeUInt16LE(sequence & 0xffff, 2)
  bytes.writeUInt32LE((bytes.length - 32) / 4, 4)
  fill(bytes)
  return bytes
}

function property(sequence: number, format: number, value: Buffer): Buffer {
  return reply(sequence, value, (head) => { head[1] = format; head.writeUInt32LE(format === 0 ? 0 : value.length / (format / 8), 16) })
}

function error(sequence: number): Buffer {
  const bytes = Buffer.alloc(32)
  bytes[1] = 3
  bytes.writeUInt16LE(sequence & 0xffff, 2)
  return bytes
}

/** A vendor of three letters, one format, one screen with a depth of one visual. */
function setup(): Buffer {
  const screen = Buffer.alloc(40)
  screen.writeUInt32LE(root, 0)
  screen[39] = 1
  const depth = Buffer.alloc(8 + 24)
  depth.writeUInt16LE(1, 2)
  const body = Buffer.concat([Buffer.alloc(32), Buffer.from('Us \0'), Buffer.alloc(8), screen, depth])
  const head = Buffer.alloc(8)
  head[0] = 1
  head.writeUInt16LE(body.length / 4, 6)
  const bytes = Buffer.concat([head, body])
  bytes.writeUInt32LE(mask, 16)
  bytes.writeUInt16LE(3, 24)
  bytes[28] = 1
  bytes[29] = 1
  return bytes
}

test('with a window manager its list counts; whose a window is the server says, and otherwise the window, when it is of this machine', whyNot(), async () => {
  const windows = {
    0x200001: { pid: 1, title: 'Letter – ü', plainTitle: 'Letter', closable: true },
    0x400002: { pid: 42, plainTitle: 'Größe', machine: hostname(), closable: false },
    0x600003: { pid: 43, title: 'Far away', machine: 'elsewhere.example', closable: true },
    0x800004: { title: 'Nobody\'s', closable: true },
    0xa00005: { pid: 44, title: 'Not listed', closable: true },
  }
  await using server = await FakeServer.start({ windows, clients: [0x200001, 0x400002, 0x600003, 0x800004, 0xc00006], owners: { 0x200000: 41 } })
  assert.deepEqual(await listWindows(server.display), [
    { window: 0x200001, pid: 41, title: 'Letter – ü', closable: true }, { window: 0x400002, pid: 42, title: 'Größe', closable: false },
  ])
})

test('without a window manager the root\'s windows that are shown count, if they have a title or take part in protocols', whyNot(), async () => {
  const windows = { 0x200001: { pid: 41, title: 'Shown' }, 0x200002: { pid: 41, title: 'Hidden', mapped: false }, 0x400003: { pid: 42 }, 0x600004: { pid: 43, closable: true } }
  await using server = await FakeServer.start({ windows })
  assert.deepEqual((await listWindows(server.display)).map(({ window, pid, closable }) => [window, pid, closable]), [[0x200001, 41, false], [0x600004, 43, true]])
})

test('the windows of one process that can close are asked to, and no others', whyNot(), async () => {
  const windows = { 0x200001: { pid: 41, title: 'One', closable: true }, 0x200002: { pid: 41, title: 'Two', closable: true }, 0x200003: { pid: 41, title: 'Deaf', closable: false }, 0x400001: { pid: 42, title: 'Other', closable: true } }
  await using server = await FakeServer.start({ windows })
  assert.equal(await closeWindows(server.display, 41), 2)
  assert.deepEqual(server.messages, [0x200001, 0x200002].map((window) => ({ window, type: 'WM_PROTOCOLS', data: 'WM_DELETE_WINDOW' })))
  assert.equal(await closeWindows(server.display, 7), 0)
})

/** A record of an authority file. */
function entry(number: string, data: string): Buffer {
  return Buffer.concat([Buffer.of(1, 0), ...['host', number, 'MIT-MAGIC-COOKIE-1', data].map(field)])
}

function field(text: string): Buffer {
  return Buffer.concat([Buffer.of(text.length >> 8, text.length & 0xff), Buffer.from(text, 'latin1')])
}

test('the cookie of the display goes to its server, and to no socket of another user', whyNot(), async () => {
  await using server = await FakeServer.start({ windows: {} })
  writeFileSync(server.display.authorityFile, Buffer.concat([entry('7', 'a secret of another'), entry(String(server.number), 'sixteen bytes ok')]))
  assert.deepEqual(await listWindows(server.display), [])
  assert.deepEqual(server.cookies, ['sixteen bytes ok'])
  if (process.geteuid?.() !== 0) {
    assert.deepEqual(await listWindows({ ...server.display, userId: 54321 }), [])
    assert.equal(server.cookies.length, 1)
  }
  rmSync(server.display.authorityFile)
})

test('a server that refuses, says nothing, or answers nonsense leaves no windows, and nobody waits for ever', whyNot(), async () => {
  const refusal = Buffer.alloc(16)
  refusal.writeUInt16LE(2, 6)
  const endless = Buffer.alloc(32, 0xff)
  endless[0] = 1
  for (const behaviour of [{ setup: refusal }, { setup: 'silence' }, { setup: Buffer.alloc(10) }, { answer: endless }] as const) {
    await using server = await FakeServer.start({ windows: { 1: { pid: 41, title: 'Never seen' } }, ...behaviour })
    assert.deepEqual(await listWindows(server.display, 200), [], JSON.stringify(behaviour))
  }
  // A request that is never answered is taken as such once the next one is.
  await using forgetful = await FakeServer.start({ windows: { 1: { pid: 41, title: 'Seen' } }, answer: Buffer.alloc(0) })
  assert.deepEqual((await listWindows(forgetful.display)).map(({ title }) => title), ['Seen'])
  assert.deepEqual(await listWindows({ name: ':39999', userId: 0 }), [], 'no such display')
  assert.deepEqual(await listWindows({ name: 'elsewhere:0', userId: 0 }), [], 'not on this machine')
})
