// A Windows root in a folder of the host, packages beside it, and what an installation logged. The folder goes at the
// end, and so does every program that was started here or by a restart, by its identity.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { PackageBuilder } from 'msikit/authoring'
import { configureProduct, installPackage, uninstallProduct, type InstallOptions, type InstallResult } from 'msikit/engine'
import { createNodePlatform, HostProcesses, type NodePlatform, type NodePlatformOptions } from 'msikit/node'
import type { LaunchSpec, ProcessIdentity } from 'msikit/platform'
import { bytesOf } from '../../dist/testing/index.js'

export class HostStage implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'msi-'))
  readonly root = join(this.folder, 'root')
  readonly platform: NodePlatform
  readonly log: string[] = []
  readonly #raw: string[] = []
  readonly #started: ProcessIdentity[] = []

  constructor(options: Partial<NodePlatformOptions> = {}) {
    this.platform = this.open(options)
  }

  /** Another process's view of the same root. */
  open(options: Partial<NodePlatformOptions> = {}): NodePlatform {
    const processes = options.processes ?? new HostProcesses()
    const launch = processes.launch.bind(processes)
    processes.launch = async (spec: LaunchSpec) => {
      const identity = await launch(spec)
      this.#started.push(identity)
      return identity
    }
    return createNodePlatform({ root: this.root, sessionFolder: join(this.folder, 'sessions'), ...options, processes })
  }

  /** Writes a package and what belongs beside it; its host path. */
  add(builder: PackageBuilder, name = 'package.msi'): string {
    const built = builder.build({ validation: false })
    write(join(this.folder, name), bytesOf((sink) => { built.save(sink) }))
    for (const [cabinet, source] of built.cabinets) write(join(this.folder, cabinet), source.read(0, source.size))
    for (const [file, source] of built.sourceFiles) write(join(this.folder, ...file.split('\\')), source.read(0, source.size))
    return join(this.folder, name)
  }

  install(path: string, options: InstallOptions = {}): Promise<InstallResult> {
    return this.installIn(this.platform, path, options)
  }

  /** By another process's view. */
  installIn(platform: NodePlatform, path: string, options: InstallOptions = {}): Promise<InstallResult> {
    return installPackage(platform, { ...this.#logged(options), package: path })
  }

  configure(product: string, options: InstallOptions = {}): Promise<InstallResult> {
    return configureProduct(this.platform, product, this.#logged(options))
  }

  uninstall(product: string, options: InstallOptions = {}): Promise<InstallResult> {
    return uninstallProduct(this.platform, product, this.#logged(options))
  }

  #logged(options: InstallOptions): InstallOptions {
    this.log.length = 0
    this.#raw.length = 0
    return { durability: 'process-end', ...options, log: (line) => { this.#raw.push(line); this.log.push(line.replace(/^MSI \(.\) \(..:..\) \[[\d:]+\]: /, '')) } }
  }

  /** The sides that say such lines, a letter each. */
  sides(text: RegExp): string {
    return this.#raw.map((line) => /^MSI \((.)\) \(..:..\) \[[\d:]+\]: (.*)/.exec(line)).map((found) => found !== null && text.test(found[2]!) ? found[1]! : '').join('')
  }

  /** Host path of a Windows path, whether or not something is there. */
  path(windowsPath: string): string {
    const path = this.platform.files.hostPath(windowsPath)
    if (path === undefined) throw new Error(`${windowsPath} lies nowhere on the host`)
    return path
  }

  /** Text of a file of the root; `undefined` when there is none. */
  text(windowsPath: string): string | undefined {
    const path = this.platform.files.hostPath(windowsPath)
    return path === undefined || !existsSync(path) ? undefined : readFileSync(path, 'utf8')
  }

  /** A file of the host beside the root. */
  beside(name: string): string {
    return join(this.folder, name)
  }

  lines(name: string): string[] {
    return existsSync(this.beside(name)) ? readFileSync(this.beside(name), 'utf8').split('\n').filter((line) => line !== '') : []
  }

  /** Starts a program that says `ready`. */
  async start(file: string, args: readonly string[] = []): Promise<ProcessIdentity> {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'], cwd: this.folder })
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => { if (chunk.includes('ready')) resolve() })
      child.once('error', reject)
      child.once('close', () => reject(new Error(`${file} ended before it was ready`)))
    })
    const identity = this.platform.processes.identify(child.pid!)
    if (identity === undefined) throw new Error(`${file} is gone`)
    this.#started.push(identity)
    child.unref()
    return identity
  }

  isRunning(identity: ProcessIdentity): boolean {
    return this.platform.processes.identify(identity.pid)?.startTime === identity.startTime
  }

  /** What restarts have started. */
  get started(): readonly ProcessIdentity[] {
    return this.#started
  }

  [Symbol.dispose](): void {
    for (const identity of this.#started.toReversed()) {
      using handle = this.platform.processes.pin(identity)
      handle?.signal('kill')
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

function write(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}
