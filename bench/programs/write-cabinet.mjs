// `node write-cabinet.mjs CABINET FOLDER own|zlib`: all files of a folder, MSZIP.
import { closeSync, openSync, readdirSync, readFileSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { writeCabinet } from 'msikit/cabinet'

const [path, folder, method] = process.argv.slice(2)
const files = readdirSync(folder).map((name) => {
  const file = join(folder, name)
  const { size, mtimeMs } = statSync(file)
  let bytes
  return { name, modifiedMs: mtimeMs, source: { size, read: (offset, length) => {
    if (offset === 0 || bytes === undefined) bytes = readFileSync(file)
    return bytes.subarray(offset, offset + length)
  } } }
})
const descriptor = openSync(path, 'w')
const sink = { write: (chunk) => { writeSync(descriptor, chunk) }, patch: (offset, chunk) => { writeSync(descriptor, chunk, 0, chunk.length, offset) } }
const deflate = (block, history) => deflateRawSync(block, history.length > 0 ? { dictionary: history } : {})
writeCabinet(files, sink, { compression: 'mszip', ...(method === 'zlib' ? { deflate } : {}) })
closeSync(descriptor)
