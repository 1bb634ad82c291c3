// Runs a command within the test's own process: as the program does, apart from the bundles, and much quicker.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { Database } from 'msikit/database'
import { main } from '../../dist/cli/program/main.js'
import { Output } from '../../dist/cli/terminal/output.js'
import type { CommandModule } from '../../dist/cli/program/load-bundle.js'
import { bytesOf } from '../../dist/testing/index.js'

export interface Told {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
  readonly bytes: Buffer
}

class Captured extends Output {
  readonly #chunks: Buffer[] = []

  constructor() {
    super(-1)
  }

  override write(text: string): void {
    this.#chunks.push(Buffer.from(text))
  }

  override bytes(bytes: Uint8Array): void {
    this.#chunks.push(Buffer.from(bytes))
  }

  override flush(): void {}

  get all(): Buffer {
    return Buffer.concat(this.#chunks)
  }
}

/** @param words Files are full paths. */
export async function msikit(...words: readonly string[]): Promise<Told> {
  const [out, err] = [new Captured(), new Captured()]
  const status = await main(words, { out, err, env: {} }, async ({ name }) => await import(`../../dist/cli/commands/${name}.js`) as CommandModule)
  return { status, stdout: out.all.toString(), stderr: err.all.toString(), bytes: out.all }
}

/** A folder that is gone after the tests of the file. */
export class Work {
  readonly folder = mkdtempSync(join(tmpdir(), 'msikit-cli-'))

  constructor() {
    after(() => { rmSync(this.folder, { recursive: true, force: true }) })
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names)
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(name), content)
    return this.path(name)
  }

  save(name: string, database: Database): string {
    return this.write(name, bytesOf((sink) => { database.save(sink) }))
  }

  read(...names: readonly string[]): Buffer {
    return readFileSync(this.path(...names))
  }
}
