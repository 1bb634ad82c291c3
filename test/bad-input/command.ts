// Runs the built command as users do, in a folder of its own that must not change outside of the root.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { strict as assert } from 'node:assert'
import type { PackageBuilder } from 'msikit/authoring'
import { bytesOf } from '../../dist/testing/index.js'
import { msikit } from '../cli/in-process.js'
import { folderDigest } from '../folder-digest.js'

export const command = resolve(import.meta.dirname, '../../dist/bin/msikit.cjs')

const stackTrace = /^ +at .*:\d+:\d+\)?$/m

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export class Box implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'bad-'))
  readonly root = join(this.folder, 'root')

  constructor() {
    mkdirSync(this.root)
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, content: string | Uint8Array): string {
    mkdirSync(dirname(this.path(name)), { recursive: true })
    writeFileSync(this.path(name), content)
    return this.path(name)
  }

  add(builder: PackageBuilder, name = 'package.msi'): string {
    const built = builder.build({ validation: false })
    for (const [cabinet, source] of built.cabinets) this.write(cabinet, source.read(0, source.size))
    return this.write(name, bytesOf((sink) => { built.save(sink) }))
  }

  /** With the root and a time limit; what it says may be anything but a stack trace. */
  run(...args: readonly string[]): Ran {
    return this.runIn([], ...args)
  }

  /** Within the test's own process, much quicker: for what cannot hang, and has no use for signals and terminals. */
  async call(...args: readonly string[]): Promise<Ran> {
    const { status, stdout, stderr } = await msikit(...args, ...this.#rootFor(args))
    assert.doesNotMatch(stdout + stderr, stackTrace, 'a stack trace')
    return { status, stdout, stderr }
  }

  /** `through` are words before the command, such as `unshare -m`. */
  runIn(through: readonly string[], ...args: readonly string[]): Ran {
    const words = [...through, process.execPath, command, ...args, ...this.#rootFor(args)]
    const { status, signal, stdout, stderr } = spawnSync(words[0]!, words.slice(1), { encoding: 'utf8', timeout: 120_000, env: { ...process.env, NODE_DEBUG: '' } })
    assert.equal(signal, null, `${args.join(' ')} was ended: ${stderr}`)
    assert.doesNotMatch(stdout + stderr, stackTrace, 'a stack trace')
    return { status, stdout, stderr }
  }

  #rootFor([name]: readonly string[]): string[] {
    return ['install', 'plan', 'admin', 'advertise', 'uninstall', 'repair', 'list', 'msiexec'].includes(name!) ? ['--root', this.root] : []
  }

  start(...args: readonly string[]): ReturnType<typeof spawn> {
    return spawn(process.execPath, [command, ...args, '--root', this.root], { stdio: 'ignore' })
  }

  /** Everything, or what is outside of the root. Hives and the caches of the root itself count. */
  digest({ withRoot = true } = {}): Map<string, string> {
    return new Map([...folderDigest(this.folder)].filter(([path]) => withRoot || (path !== 'root' && !path.startsWith('root/'))))
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/**
 * Fails as it should: the Windows code in status and text, one clear sentence, nothing changed anywhere. Within the test's own process,
 * much quicker, unless the input may have it run for ever.
 */
export async function assertRefused(box: Box, args: readonly string[], code: number, message: RegExp, where: 'here' | 'own process' = 'here'): Promise<void> {
  const before = box.digest()
  const { status, stdout, stderr } = where === 'here' ? await box.call(...args) : box.run(...args)
  assert.equal(status, code % 256, `${args.join(' ')}: ${stdout}${stderr}`)
  assert.match(stderr, message)
  assert.match(stderr, new RegExp(`\\b${code}\\b`))
  assert.deepEqual(box.digest(), before)
}
