// Whether the host can run a file: an ELF or Mach-O executable for its own processor, or a script with an interpreter line.
// A Windows program is neither. ELF header: System V ABI, chapter 4; Mach-O: <mach-o/loader.h>.
import { closeSync, existsSync, openSync, readSync } from 'node:fs'

/** e_machine by Node's name of the processor. */
const elfMachines: Readonly<Record<string, number>> = { x64: 62, ia32: 3, arm64: 183, arm: 40, riscv64: 243, ppc64: 21, s390x: 22, loong64: 258, mips: 8, mipsel: 8 }
/** The 64-bit processors that run the 32-bit programs of their family too. */
const alsoRuns: Readonly<Record<string, readonly string[]>> = { x64: ['ia32'], arm64: [] }

export function canRunFile(path: string): boolean {
  const head = Buffer.alloc(256)
  let length = 0
  try {
    const descriptor = openSync(path, 'r')
    try {
      length = readSync(descriptor, head, 0, head.length, 0)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return false
  }
  const start = head.subarray(0, length)
  if (start.length >= 20 && start.readUInt32BE(0) === 0x7f454c46) return isElfForHost(start)
  if (start.length >= 8 && process.platform === 'darwin') return isMachOForHost(start)
  return isScript(start)
}

/** By the first bytes alone: a script with an interpreter line, ELF, or Mach-O. */
export function startsLikeHostProgram(head: Uint8Array): boolean {
  if (process.platform === 'win32' || head.length < 4) return false
  const magic = new DataView(head.buffer, head.byteOffset, 4).getUint32(0)
  return magic >>> 16 === 0x2321 || magic === 0x7f454c46 || (process.platform === 'darwin' && [0xcffaedfe, 0xcafebabe].includes(magic))
}

function isElfForHost(head: Buffer): boolean {
  if (process.platform === 'darwin' || process.platform === 'win32') return false
  const littleEndian = head[5] === 1
  const type = littleEndian ? head.readUInt16LE(16) : head.readUInt16BE(16)
  const machine = littleEndian ? head.readUInt16LE(18) : head.readUInt16BE(18)
  const processors = [process.arch, ...alsoRuns[process.arch] ?? []]
  return (type === 2 || type === 3) && processors.some((processor) => elfMachines[processor] === machine)
}

function isMachOForHost(head: Buffer): boolean {
  const magic = head.readUInt32LE(0)
  if (magic === 0xbebafeca) return true
  const wanted = process.arch === 'arm64' ? 0x0100000c : 0x01000007
  return magic === 0xfeedfacf && head.readUInt32LE(4) === wanted
}

function isScript(head: Buffer): boolean {
  if (process.platform === 'win32' || head[0] !== 0x23 || head[1] !== 0x21) return false
  const end = head.indexOf(10)
  const line = head.toString('utf8', 2, end < 0 ? head.length : end).trim()
  const interpreter = line.split(/[ \t]/)[0] ?? ''
  return interpreter.startsWith('/') && existsSync(interpreter)
}
