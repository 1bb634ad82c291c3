// What a file is that is no package, by its first bytes: people hand over what a download or a version control left.
import type { ByteSource } from '../../base/index.ts'
import { counted } from '../terminal/columns.ts'

const kinds: readonly (readonly [begins: RegExp, advice: string])[] = [
  [/^MSCF/, 'The file is a cabinet: `msikit cab list` and `msikit cab extract` read it.'],
  [/^MZ/, 'The file is a program, perhaps a setup program that has its packages inside; they have to be taken out of it first.'],
  [/^PK\x03\x04/, 'The file is a ZIP archive; unpack it first.'],
  [/^\s*(?:<!doctype|<html|<\?xml|<wix)/i, 'The file is text in HTML or XML: the page of a failed download, or a source of a package.'],
  [/^version https:\/\/git-lfs/, 'The file is a pointer of Git LFS: `git lfs pull` gets what it stands for.'],
]
const compoundFile = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] as const

/** What to do about a file that could not be opened as a package. */
export function adviseOn(source: ByteSource): string {
  if (source.size === 0) return 'The file is empty.'
  const header = source.read(0, 512)
  const text = new TextDecoder('latin1').decode(header.subarray(0, 64))
  const known = kinds.find(([begins]) => begins.test(text))
  if (known !== undefined) return known[1]
  if (!startsWith(header, compoundFile)) {
    return 'The file is no Windows Installer package (.msi, .msm, .msp, .mst). Compare its size and checksum with the original\'s.'
  }
  const wanted = directoryStart(header)
  if (wanted > source.size) {
    return `The file is a package, or another compound file, that is cut off: it has ${counted(source.size, 'byte')}, and its directory would be at byte ${wanted}. `
      + '`msikit extract` takes out what is whole; for everything else get it again.'
  }
  return 'The file is a compound file, as packages are, but damaged. Compare its size and checksum with the original\'s.'
}

function startsWith(bytes: Uint8Array, wanted: readonly number[]): boolean {
  return wanted.every((one, index) => one === bytes[index])
}

/** Where the first sector of the directory begins. */
function directoryStart(header: Uint8Array): number {
  if (header.length < 512) return 512
  const view = new DataView(header.buffer, header.byteOffset, header.length)
  return (view.getUint32(48, true) + 1) * 2 ** Math.min(view.getUint16(30, true), 12)
}
