// The inner loops of cabinet decompression as one WebAssembly module: MSZIP, and LZX with the translation of E8 calls.
// The host (src/cabinet/codec/wasm/wasm-decoder.ts) puts a block at `blockAddress`, calls `decode`, and
// reads the result where it says. One instance decodes one folder at a time; `setup` begins another.
import { clearFailure } from './failure'
import { inflateBlock, setupInflate } from './inflate'
import { decodeLzx, setupLzx, translationBytes } from './lzx'
import { slack, window } from './memory'
import { translateCalls } from './translate'

export { checksum } from './checksum'
export { failure, found, limit } from './failure'
export { block as blockAddress, blockCapacity } from './memory'

const mszipHistory: usize = 1 << 15
const spare: usize = 1 << 18
/** Frames from here on are not translated: 1 GiB. */
const translatedFrames: u32 = 32768

let isLzx = false
let historyBytes: usize = 0
let windowEnd: usize = 0
let position: usize = 0
/** LZX: the output after the translation of calls; matches refer to what was there before it. */
let translated: usize = 0
let translatedPosition: usize = 0
let frame: u32 = 0
let totalBytes: u64 = 0

/**
 * Begins a folder. @param windowBits LZX; 0 for MSZIP. @param folderBytes what it decompresses to at most.
 * @returns false when there is no memory
 */
export function setup(windowBits: u32, folderBytes: f64): bool {
  isLzx = windowBits != 0
  historyBytes = isLzx ? <usize>1 << windowBits : mszipHistory
  const size = <usize>min<f64>(folderBytes, <f64>(historyBytes + (isLzx ? max<usize>(spare, historyBytes) : spare)))
  position = window
  windowEnd = window + size
  translated = windowEnd + slack + 7 & ~7
  translatedPosition = translated
  frame = 0
  totalBytes = 0
  const needed = translated + (isLzx ? spare + slack : 0)
  const missing = <i32>(needed + 0xffff >> 16) - memory.size()
  if (missing > 0 && memory.grow(missing) < 0) return false
  if (isLzx) setupLzx(windowBits)
  else setupInflate()
  return true
}

/** Bytes that can be decoded before earlier results are overwritten. */
export function room(): usize {
  const inWindow = windowEnd - position
  return isLzx ? min<usize>(inWindow, translated + spare - translatedPosition) : inWindow
}

/** Decodes the block to `size` bytes; returns where they are, or 0 with `failure` set. */
export function decode(blockBytes: usize, size: usize): usize {
  clearFailure()
  if (windowEnd - position < size) {
    const from = position - window > historyBytes ? position - historyBytes : window
    memory.copy(window, from, position - from)
    position -= from - window
  }
  const start = position
  const earliest = !isLzx && start - window > historyBytes ? start - historyBytes : window
  if (isLzx) {
    if (!decodeLzx(blockBytes, start, size, earliest)) return 0
    position = start + size
    return finishFrame(start, size)
  }
  const end = inflateBlock(blockBytes, start, start + size, earliest)
  if (end == 0) return 0
  produced = end - start
  position = end
  return start
}

/** MSZIP: how much the last block came to, when that is less than was expected. */
export let produced: usize = 0

function finishFrame(start: usize, size: usize): usize {
  const at = totalBytes
  totalBytes += size
  produced = size
  if (frame++ >= translatedFrames || translationBytes == 0) return start
  if (translated + spare - translatedPosition < size) translatedPosition = translated
  const to = translatedPosition
  translatedPosition += size
  memory.copy(to, start, size)
  translateCalls(to, to + size, <i32>at, translationBytes)
  return to
}

