// A pipe in shared memory from the thread that decompresses to one that writes files. Messages (a file begins, bytes, it
// ends, it is given up) are gathered in slots, and whole slots change hands: so the threads meet once in 256 KiB, however
// small the files are. One producer, one consumer; bytes are copied once.
//
// A message: two 32-bit words for its kind and the length of what follows, filled up to a multiple of eight bytes. That a
// file begins is told with its number, its DOS date and time (32 bits each) and its path.
// Slots are numbered for ever; slot n lies at n modulo `slotCount`.

const slotBytes = 1 << 18
const slotCount = 16
const headerBytes = 8
/** Of what is told of a file, before its path. */
const beginBytes = 8

const kinds = { begin: 1, bytes: 2, end: 3, abandon: 4 } as const

/** Places of the shared counters. `published` is the complement of the number when no more slots will come. */
const published = 0
const consumed = 1
const consumerState = 2
const lengthsAt = 3
const dataAt = 4 * (lengthsAt + slotCount) + 7 & ~7

const states = { starting: 0, running: 1, stopped: 2, givenUp: 3 } as const

/** How long a thread may take to start before it is given up. */
const startLimitMs = 30_000

/** Views of the same memory. */
interface Slot {
  readonly words: Int32Array
  readonly bytes: Buffer
}

interface RingMemory {
  readonly control: Int32Array
  readonly slots: readonly Slot[]
}

function ringMemory(buffer: SharedArrayBuffer): RingMemory {
  const slots = Array.from({ length: slotCount }, (_, index): Slot => {
    const offset = dataAt + index * slotBytes
    return { words: new Int32Array(buffer, offset, slotBytes / 4), bytes: Buffer.from(buffer, offset, slotBytes) }
  })
  return { control: new Int32Array(buffer, 0, dataAt / 4), slots }
}

export class RingProducer {
  readonly buffer = new SharedArrayBuffer(dataAt + slotBytes * slotCount)
  readonly #control: Int32Array
  readonly #slots: readonly Slot[]
  /** The slot that is filled next, or is being filled. */
  #slot = 0
  #isOpen = false
  /** How much of it is filled. */
  #at = 0

  constructor() {
    const { control, slots } = ringMemory(this.buffer)
    this.#control = control
    this.#slots = slots
  }

  /** Whether the consumer lives and a small file can be taken without waiting for it. */
  get hasRoom(): boolean {
    return Atomics.load(this.#control, consumerState) <= states.running && this.#slot - Atomics.load(this.#control, consumed) < slotCount - 1
  }

  /** This and what follows: @throws Error when the consumer has stopped. */
  begin(file: number, modified: number, path: string): void {
    const { words, bytes } = this.#reserve(beginBytes + path.length * 3)
    const at = this.#at + headerBytes
    words[at >> 2] = file
    words[at + 4 >> 2] = modified | 0
    this.#message(words, kinds.begin, beginBytes + bytes.write(path, at + beginBytes))
  }

  bytes(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const slot = this.#reserve(1)
      const part = bytes.subarray(from, from + slotBytes - this.#at - headerBytes)
      slot.bytes.set(part, this.#at + headerBytes)
      this.#message(slot.words, kinds.bytes, part.length)
      from += part.length
    }
  }

  end(): void {
    this.#message(this.#reserve(0).words, kinds.end, 0)
  }

  abandon(): void {
    this.#message(this.#reserve(0).words, kinds.abandon, 0)
  }

  /** No more will come. */
  close(): void {
    if (this.#isOpen) this.#publish()
    Atomics.store(this.#control, published, ~this.#slot)
    Atomics.notify(this.#control, published)
  }

  /** A slot that has room for a message of so many bytes at `#at`. */
  #reserve(length: number): Slot {
    if (this.#isOpen && this.#at + headerBytes + length > slotBytes) this.#publish()
    if (!this.#isOpen) this.#open()
    return this.#slots[this.#slot % slotCount]!
  }

  /** Completes a message whose `length` bytes are there already. */
  #message(words: Int32Array, kind: number, length: number): void {
    words[this.#at >> 2] = kind
    words[(this.#at >> 2) + 1] = length
    this.#at += headerBytes + (length + 7 & ~7)
  }

  #open(): void {
    for (let seen = Atomics.load(this.#control, consumed); this.#slot - seen >= slotCount; seen = Atomics.load(this.#control, consumed)) this.#wait(seen)
    this.#isOpen = true
    this.#at = 0
  }

  /** Until the consumer has done more than `seen` slots. */
  #wait(seen: number): void {
    const state = Atomics.load(this.#control, consumerState)
    if (state > states.running) throw new Error('the thread that writes has stopped')
    const result = Atomics.wait(this.#control, consumed, seen, state === states.starting ? startLimitMs : 1000)
    // Of a thread that could not be started this thread hears nothing while it waits.
    if (result === 'timed-out') Atomics.compareExchange(this.#control, consumerState, states.starting, states.givenUp)
  }

  #publish(): void {
    this.#control[lengthsAt + this.#slot % slotCount] = this.#at
    this.#slot++
    this.#isOpen = false
    Atomics.store(this.#control, published, this.#slot)
    Atomics.notify(this.#control, published)
  }
}

export interface FileMessages {
  begin(file: number, modified: number, path: string): void
  /** They are valid until the call returns. */
  bytes(bytes: Uint8Array): void
  end(): void
  abandon(): void
}

/** Handles messages until the producer closes the ring. @throws what `messages` throws; the producer is told that nobody reads any more */
export function consumeRing(buffer: SharedArrayBuffer, messages: FileMessages): void {
  const { control, slots } = ringMemory(buffer)
  if (Atomics.compareExchange(control, consumerState, states.starting, states.running) !== states.starting) return
  try {
    for (let slot = 0; waitForSlot(control, slot); slot++) {
      handleSlot(slots[slot % slotCount]!, control[lengthsAt + slot % slotCount]!, messages)
      Atomics.store(control, consumed, slot + 1)
      Atomics.notify(control, consumed)
    }
  } finally {
    Atomics.store(control, consumerState, states.stopped)
    Atomics.notify(control, consumed)
  }
}

/** @returns whether there will be such a slot */
function waitForSlot(control: Int32Array, slot: number): boolean {
  for (;;) {
    const value = Atomics.load(control, published)
    if (slot < (value < 0 ? ~value : value)) return true
    if (value < 0) return false
    Atomics.wait(control, published, value)
  }
}

function handleSlot({ words, bytes }: Slot, end: number, messages: FileMessages): void {
  for (let at = 0; at < end;) {
    const kind = words[at >> 2]
    const length = words[(at >> 2) + 1]!
    at += headerBytes
    if (kind === kinds.begin) messages.begin(words[at >> 2]!, words[at + 4 >> 2]!, bytes.toString('utf8', at + beginBytes, at + length))
    else if (kind === kinds.bytes) messages.bytes(bytes.subarray(at, at + length))
    else if (kind === kinds.end) messages.end()
    else messages.abandon()
    at += length + 7 & ~7
  }
}
