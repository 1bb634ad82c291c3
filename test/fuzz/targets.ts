// What is done with an input. Whatever it is, only our own families of errors may come out.
import { createHash, type Hash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesSource, WindowsError, type ByteSource } from 'msikit/base'
import { openCabinet, type Cabinet } from 'msikit/cabinet'
import { openCompoundFile, type Storage } from 'msikit/compound-file'
import { openDatabase } from 'msikit/database'
import { installPackage, planInstallation, type InstallResult } from 'msikit/engine'
import { createNodePlatform } from 'msikit/node'
import { createDirectories, createMemoryPlatform, writeFile } from 'msikit/platform'
import { databaseTargets } from './database-targets.ts'
import { formatTargets } from './format-targets.ts'
import { languageTargets } from './language-targets.ts'
import { mutateBytes, mutateCells, mutateStream, mutateWith } from './mutate.ts'
import type { Random } from './random.ts'
import { cabinetSeeds, packageSeeds } from './seeds.ts'
import { scriptTargets } from './script-targets.ts'
import { signatureTarget } from './signature-target.ts'
import type { Target } from './target.ts'

/** No input of ours decompresses to more. */
const maximumBytes = 64 << 20

export const targets: Readonly<Record<string, Target>> = {
  cabinet: { seeds: cabinetSeeds, mutate: mutateBytes, exercise: exerciseCabinet, inputs: 20_000 },
  'compound-file': { seeds: packageSeeds, mutate: mutateBytes, exercise: exerciseCompoundFile, inputs: 20_000 },
  database: { seeds: packageSeeds, mutate: (seed, random) => random.chance(25) ? mutateBytes(seed, random) : mutateWith(mutateStream, seed, random), exercise: exerciseDatabase, inputs: 8000 },
  plan: { seeds: packageSeeds, mutate: mutatePackage, exercise: (bytes) => exerciseEngine(bytes, planInstallation), inputs: 2000 },
  install: { seeds: packageSeeds, mutate: mutatePackage, exercise: (bytes) => exerciseEngine(bytes, installPackage), inputs: 1000 },
  root: { seeds: packageSeeds, mutate: (seed, random) => mutateWith(mutateCells, seed, random), exercise: exerciseRoot, inputs: 150 },
  ...databaseTargets,
  ...formatTargets,
  ...languageTargets,
  ...scriptTargets,
  signature: signatureTarget,
}

const oneByte = { seeds: () => [{ name: 'one byte', bytes: Uint8Array.of(0) }], mutate: (seed: Uint8Array) => seed, inputs: 1 }

/** Targets that do what must not happen: the test shows that it would be seen. */
export const rehearsals: Readonly<Record<string, Target>> = {
  hang: { ...oneByte, exercise: () => { for (;;); } },
  mistake: { ...oneByte, exercise: () => { throw new TypeError('a mistake') } },
  memory: { ...oneByte, exercise: () => { for (const hoard: number[][] = []; ;) hoard.push(Array.from<number>({ length: 4e6 }).fill(0.5)) } },
}

export function target(name: string): Target {
  return targets[name] ?? rehearsals[name]!
}

/** Whether the error is one that callers are told to expect. */
export function isExpected(error: unknown): boolean {
  return error instanceof WindowsError
}

function mutatePackage(seed: Uint8Array, random: Random): Uint8Array {
  return mutateWith(random.chance(70) ? mutateCells : mutateStream, seed, random)
}

/** Both decoders must agree: about the bytes, and about where they end in an error. */
function exerciseCabinet(bytes: Uint8Array): void {
  const [one, other] = [false, true].map((webAssembly) => extractAll(openCabinet(bytesSource(bytes)), webAssembly))
  if (one!.digest !== other!.digest) throw new Error(`TypeScript and WebAssembly differ: ${String(one!.error)}; ${String(other!.error)}`)
  if (one!.error !== undefined) throw one!.error
}

function extractAll(cabinet: Cabinet, webAssembly: boolean): { digest: string; error?: unknown } {
  const digest = createHash('md5')
  try {
    extractInto(cabinet, webAssembly, digest)
    return { digest: digest.digest('hex') }
  } catch (error) {
    if (!isExpected(error)) throw error
    // What the sinks got may end earlier with one of them: pieces are written when a file ends or memory is full.
    return { digest: 'failed', error }
  }
}

function extractInto(cabinet: Cabinet, webAssembly: boolean, digest: Hash): void {
  let produced = 0
  cabinet.extract((file) => {
    let size = 0
    if (file.safePath?.some((segment) => segment === '..' || segment === '' || /[\\/\0]/.test(segment)) ?? true) throw new Error(`unsafe path: ${file.name}`)
    return {
      write: (chunk) => {
        size += chunk.length
        produced += chunk.length
        digest.update(chunk)
      },
      end: () => { if (size !== file.size) throw new Error(`${file.name}: ${size} bytes of ${file.size}`) },
    }
  }, { maximumBytes, unsafeNames: 'skip', webAssembly })
  if (produced > maximumBytes) throw new Error(`${produced} bytes`)
}

function exerciseCompoundFile(bytes: Uint8Array): void {
  const visit = (storage: Storage): void => {
    for (const entry of storage.entries) {
      if (entry.kind === 'storage') visit(entry)
      else readSome(entry.source)
    }
  }
  visit(openCompoundFile(bytesSource(bytes)).root)
}

function readSome(source: ByteSource): void {
  for (let offset = 0; offset < source.size && offset < 1 << 20;) {
    const piece = source.read(offset, 65536)
    if (piece.length === 0) return
    offset += piece.length
  }
}

function exerciseDatabase(bytes: Uint8Array): void {
  const database = openDatabase(bytesSource(bytes))
  for (const name of database.tableNames) {
    const table = database.table(name)
    if (table === undefined) continue
    let rows = 0
    for (const row of table.rows()) {
      if (++rows > 5000) break
      for (const column of table.columns) row.cell(column.name)
    }
  }
  for (const name of database.streamNames().slice(0, 200)) {
    const stream = database.stream(name)
    if (stream !== undefined) readSome(stream)
  }
  if (database.summary.properties.size > 1 << 16) throw new Error('too many summary properties')
  database.save({ write: () => undefined })
}

const settings = { timeLimitMs: 2000, customActions: 'skip', restartManager: 'none', durability: 'process-end' } as const

async function exerciseEngine(bytes: Uint8Array, run: typeof installPackage): Promise<void> {
  const platform = createMemoryPlatform({ drives: { 'C:': { freeBytes: 1 << 30 } } as never })
  createDirectories(platform.files, 'C:\\fuzz')
  writeFile(platform.files, 'C:\\fuzz\\x.msi', bytes)
  checkResult(await run(platform, { package: 'C:\\fuzz\\x.msi', ...settings }))
}

/** A mistake of ours must not pass as a failed installation. */
function checkResult({ exitCode, error }: InstallResult): void {
  if (!Number.isInteger(exitCode)) throw new Error(`exit code ${exitCode}`)
  if (error !== undefined && /undefined|not a function|not iterable|not a constructor|call stack|null \(|Invalid array|out of bounds|toISOString/.test(error.message)) throw new Error(JSON.stringify(error))
}

/** Installs into a real folder, and looks whether anything appeared beside it. */
async function exerciseRoot(bytes: Uint8Array): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-fuzz-'))
  const root = join(folder, 'a', 'b', 'root')
  mkdirSync(root, { recursive: true })
  let problem: unknown
  try {
    const platform = createNodePlatform({ root, sessionFolder: join(folder, 'sessions') })
    createDirectories(platform.files, 'C:\\fuzz')
    writeFile(platform.files, 'C:\\fuzz\\x.msi', bytes)
    checkResult(await installPackage(platform, { package: 'C:\\fuzz\\x.msi', ...settings }))
  } catch (error) {
    problem = error
  }
  const escaped = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => !/^(a([\\/]b([\\/]root([\\/].*)?)?)?|sessions([\\/].*)?)$/s.test(name))
  rmSync(folder, { recursive: true, force: true })
  if (escaped.length > 0) throw new Error(`outside of the root: ${escaped.join(', ')}`)
  if (problem !== undefined) throw problem
}
