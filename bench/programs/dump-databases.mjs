// Writes the tables of several packages out, all in one process.
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { exportArchive, openDatabase } from 'msikit/database'

/** A file that is read where somebody asks for something: most of a package are its cabinets. */
function fileSource(path) {
  const descriptor = openSync(path)
  return {
    size: fstatSync(descriptor).size,
    read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)))
      return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, offset))
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  }
}

const [folder, ...paths] = process.argv.slice(2)
for (const path of paths) {
  const database = openDatabase(fileSource(path))
  const target = join(folder, basename(path))
  mkdirSync(target)
  for (const { path: [name, ...deeper], source } of exportArchive(database, { tables: database.tableNames })) {
    if (deeper.length === 0) writeFileSync(join(target, name), source.read(0, source.size))
  }
  database[Symbol.dispose]()
}
