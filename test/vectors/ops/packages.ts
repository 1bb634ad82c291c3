// Operations that build a package's database from scratch.
import { bytesSource, encodeUtf16 } from 'msikit/base'
import { prepare } from 'msikit/sql'
import { ansiBytes } from '../api/ansi.ts'
import { commit, openDatabaseFile, type DatabaseHandle } from '../api/database-handle.ts'
import { returnCode, success } from '../api/return-code.ts'
import type { Operation, World } from '../world.ts'
import { importFile } from './database.ts'
import { openHandle } from './session.ts'
import { setSummary } from './summary.ts'

interface ArchivedTable {
  readonly name: string
  readonly idt: string
}

/** What the scenarios' `createDatabase` puts into the summary information, by its own names. */
const summaryIds: Readonly<Record<string, number>> = { template: 7, packageCode: 9, version: 14, wordCount: 15 }

export const packageOperations: Readonly<Record<string, Operation>> = {
  createPackageDatabase: ({ path, summary, sql }, world) => {
    const handle = create(world, path)
    let rc = commit(handle)
    setSummary(handle.database, summary as Readonly<Record<string, string | number>>)
    for (const query of sql as readonly string[]) rc ||= returnCode(() => prepare(handle.database, query).execute())
    return { created: rc === success, rc, handles: { database: handle } }
  },
  createPackage: ({ path, summary }, world) => {
    const handle = create(world, path)
    setSummary(handle.database, summary as Readonly<Record<string, string | number>>)
    const rc = commit(handle)
    return rc === success ? openHandle(handle, world) : { rc }
  },
  writeStream: ({ path, stream, textUtf16z }, world) => {
    const { handle } = openDatabaseFile(world.files, world.path(path), 'MSIDBOPEN_TRANSACT')
    handle!.database.setStream(String(stream), bytesSource(encodeUtf16(`${String(textUtf16z)}\0`)))
    return { rc: commit(handle!) }
  },
  createDatabase: ({ path, summary, tables }, world) => {
    const handle = create(world, path)
    for (const { name, idt } of tables as readonly ArchivedTable[]) {
      const rc = importFile(handle, ansiBytes(idt), world, world.path(name))
      if (rc !== success) throw new Error(`${name} cannot be imported: ${rc}`)
    }
    const values = Object.entries(summary as Readonly<Record<string, string | number>>).map(([name, value]) => [summaryIds[name] ?? name, value] as const)
    setSummary(handle.database, { ...Object.fromEntries(values), 2: 'MSITEST' })
    addCustomActionLibrary(handle)
    return { rc: commit(handle) }
  },
}

function create(world: World, path: unknown): DatabaseHandle {
  const { handle } = openDatabaseFile(world.files, world.path(path), 'MSIDBOPEN_CREATE')
  return handle!
}

/** The library whose entry points are custom actions; here its name is its content. */
function addCustomActionLibrary({ database }: DatabaseHandle): void {
  const table = database.table('Binary') ?? database.createTable({
    name: 'Binary', columns: [{ name: 'Name', type: 'string', width: 72, key: true }, { name: 'Data', type: 'binary' }],
  })
  table.insert(['custom.dll', bytesSource(new TextEncoder().encode('custom.dll'))])
}
