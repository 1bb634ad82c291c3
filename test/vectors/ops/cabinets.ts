// Operations that make cabinets.
import { bytesSource, concatBytes, baseName } from 'msikit/base'
import { writeCabinet, type CabinetInput, type WriteCabinetOptions } from 'msikit/cabinet'
import { readFile, writeFile } from 'msikit/platform'
import { commit, openDatabaseFile } from '../api/database-handle.ts'
import { success } from '../api/return-code.ts'
import type { Operation, Step, World } from '../world.ts'

export const cabinetOperations: Readonly<Record<string, Operation>> = {
  createCab: (step, world) => {
    const { mediaSize, nextCabinetTemplate } = step
    const path = world.path(step['path'])
    const sinks = new Map<string, Uint8Array[]>([[path, []]])
    const into = (name: string) => ({ write: (chunk: Uint8Array) => { sinks.get(name)!.push(chunk.slice()) } })
    const options: WriteCabinetOptions = { compression: step['compression'] === 'none' ? 'none' : 'mszip' }
    const nameOf = (index: number): string => index === 0 ? baseName(path) : String(nextCabinetTemplate).replace('%d', String(index + 1))
    const divides = nextCabinetTemplate !== undefined && nextCabinetTemplate !== null
    writeCabinet(inputs(step, world), into(path), !divides ? options : { ...options, set: {
      maximumBytes: Number(mediaSize), nameOf,
      sinkOf: (_index, name) => {
        const next = world.path(name)
        sinks.set(next, [])
        return into(next)
      },
    } })
    for (const [name, parts] of sinks) writeFile(world.files, name, concatBytes(parts))
    return { rc: success }
  },
  addCabinetStream: ({ path, cabinet }, world) => {
    const { handle } = openDatabaseFile(world.files, world.path(path), 'MSIDBOPEN_TRANSACT')
    handle!.database.setStream(String(cabinet), bytesSource(readFile(world.files, world.path(cabinet))))
    return { rc: commit(handle!) }
  },
}

function inputs(step: Step, world: World): CabinetInput[] {
  return (step['files'] as readonly string[]).map((file) => {
    const path = world.path(file)
    return { name: baseName(path), source: bytesSource(readFile(world.files, path)), modifiedMs: world.files.stat(path)!.modifiedMs }
  })
}
