// Sound inputs to begin with: made by the builders, and the smaller files of the corpus where it is.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { sharedPath } from '../shared.ts'
import { written } from './mutate.ts'
import { aCabinet, aDatabase, anLzxCabinet, aPackage, aQuantumCabinet } from '../../dist/testing/index.js'

export interface Seed {
  readonly name: string
  readonly bytes: Uint8Array
}

const largest = 300_000

const text = (count: number): string => Array.from({ length: count }, (_, index) => `line ${index % 61}`).join('\n')

export function cabinetSeeds(): Seed[] {
  const contents = { 'a.txt': text(900), 'folder\\b.txt': text(9000), empty: '', 'ä.bin': Uint8Array.from({ length: 3000 }, (_, index) => index * index >> 3) }
  return [
    { name: 'stored.cab', bytes: aCabinet(contents, { compression: 'none' }) },
    { name: 'mszip.cab', bytes: aCabinet(contents) },
    { name: 'lzx.cab', bytes: anLzxCabinet(contents, { windowBits: 17, translationBytes: 100000, blocks: [{ kind: 'aligned', bytes: 20000 }, { kind: 'uncompressed', bytes: 3001 }, { kind: 'verbatim', bytes: 30000 }] }) },
    { name: 'lzx-written.cab', bytes: aCabinet({ ...contents, 'c.txt': text(9000) }, { compression: 'lzx', windowBits: 15, reserve: { header: new Uint8Array(9), folderBytes: 1, dataBytes: 2 } }) },
    { name: 'quantum.cab', bytes: aQuantumCabinet(contents, 14) },
    ...corpusSeeds('.cab'),
  ]
}

export function packageSeeds(): Seed[] {
  const simple = aPackage()
  const folder = simple.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  const main = simple.feature('Main')
  main.file(folder, 'readme.txt', 'hello')
  main.file(folder, 'other.bin', new Uint8Array(5000))
  const tables = aDatabase({
    Property: [['ProductName', 'Fuzz'], ['ProductCode', '{8A1B6F5C-21C5-4B58-9F0A-3B0D5B1C9E11}'], ['ProductVersion', '1.2.3'], ['ProductLanguage', '1033'], ['Manufacturer', 'Fuzz']],
    Mine: { columns: 'Id* i4; Name* s32; Text L0; Small I2; Data V0', rows: [[1, 'a', 'text', 5, null], [2, 'b', null, null, null], [-7, 'c', 'é'.repeat(300), -1, null]] },
  })
  return [
    { name: 'package.msi', bytes: written((sink) => { simple.build().save(sink) }) },
    { name: 'tables.msi', bytes: written((sink) => { tables.save(sink) }) },
    ...corpusSeeds('.msi'), ...corpusSeeds('.msm'), ...corpusSeeds('.msp'),
  ]
}

function corpusSeeds(extension: string): Seed[] {
  const corpus = sharedPath('corpus')
  if (corpus === undefined) return []
  return readdirSync(corpus, { recursive: true, encoding: 'utf8' }).sort()
    .filter((name) => extname(name) === extension && statSync(join(corpus, name)).size <= largest)
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(corpus, name))) }))
}
