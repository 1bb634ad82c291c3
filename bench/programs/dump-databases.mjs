// Writes the tables of several packages out, all in one process.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { exportArchive, openDatabase } from 'msikit/database'

const [folder, ...paths] = process.argv.slice(2)
for (const path of paths) {
  const database = openDatabase(readFileSync(path))
  const target = join(folder, basename(path))
  mkdirSync(target)
  for (const { path: [name, ...deeper], source } of exportArchive(database, { tables: database.tableNames })) {
    if (deeper.length === 0) writeFileSync(join(target, name), source.read(0, source.size))
  }
}
