// What a program that uses the library does to extract a cabinet: `node extract-cabinet.mjs FILE FOLDER`.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openCabinet } from 'msikit/cabinet'
import { openFileSource } from 'msikit/node'

const [path, folder] = process.argv.slice(2)
const made = new Set([folder])
openCabinet(openFileSource(path)).extract((file) => {
  const target = join(folder, ...file.safePath)
  const parent = dirname(target)
  if (!made.has(parent)) {
    mkdirSync(parent, { recursive: true })
    made.add(parent)
  }
  const descriptor = openSync(target, 'w')
  return { write: (chunk) => { writeSync(descriptor, chunk) }, end: () => closeSync(descriptor) }
})
