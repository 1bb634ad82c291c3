// A machine in memory with packages in D:\, for tests of installations: what was logged, and short ways to look.
import type { PackageBuilder } from '../authoring/index.ts'
import {
  configureProduct, installPackage, planInstallation, uninstallProduct, type InstallOptions, type InstallResult,
} from '../engine/index.ts'
import { createMemoryPlatform, type MemoryPlatform, type MemoryPlatformOptions } from '../platform/index.ts'
import { bytesOf } from './builders.ts'
import { watchRegistration } from './registered/check.ts'

export interface InstallStage {
  readonly platform: MemoryPlatform
  /** Lines of the log since the last call, without their prefixes. */
  readonly log: string[]
  /** Puts a package into D:\ and answers its path. */
  add(builder: PackageBuilder, name?: string): string
  install(path: string, options?: InstallOptions): Promise<InstallResult>
  plan(path: string, options?: InstallOptions): Promise<InstallResult>
  configure(product: string, options?: InstallOptions): Promise<InstallResult>
  uninstall(product: string, options?: InstallOptions): Promise<InstallResult>
  /** Text of a file; `undefined` when there is none. */
  text(path: string): string | undefined
  /** A property as the dump at the end of the log has it; `undefined` when it had no value. */
  property(name: string): string | undefined
}

/** As on a host: who uses a file goes on using it under its new name. */
function followRenames({ files, processes }: MemoryPlatform): void {
  const rename = files.rename.bind(files)
  files.rename = (from, to) => {
    rename(from, to)
    for (const { uses } of processes.all) {
      const use = uses.get(from)
      uses.delete(to)
      if (use === undefined) continue
      uses.delete(from)
      uses.set(to, use)
    }
  }
}

function put({ files }: MemoryPlatform, path: string, bytes: Uint8Array): void {
  const writer = files.create(path)
  writer.write(bytes)
  writer.close()
}

export function anInstallStage(options: MemoryPlatformOptions = {}): InstallStage {
  const platform = createMemoryPlatform({ drives: { 'C:': {}, 'D:': {} }, ...options })
  followRenames(platform)
  const log: string[] = []
  const logged = (more: InstallOptions = {}): InstallOptions => {
    log.length = 0
    return { durability: 'process-end', ...more, log: (line) => { log.push(line.replace(/^MSI \(.\) \(..:..\) \[[\d:]+\]: /, '')) } }
  }
  /** Every call of a test is compared with the table of what Windows records. */
  const checked = async (run: () => Promise<InstallResult>): Promise<InstallResult> => {
    const compare = watchRegistration(platform)
    const result = await run()
    const problems = compare(result, log)
    if (problems.length > 0) throw new Error(`what is recorded of ${result.productCode} is not what Windows records:\n${problems.join('\n')}`)
    return result
  }
  return {
    platform, log,
    add: (builder, name = 'package.msi') => {
      const built = builder.build({ validation: false })
      put(platform, `D:\\${name}`, bytesOf((sink) => { built.save(sink) }))
      for (const [cabinet, source] of built.cabinets) put(platform, `D:\\${cabinet}`, source.read(0, source.size))
      return `D:\\${name}`
    },
    install: (path, more) => checked(() => installPackage(platform, { ...logged(more), package: path })),
    plan: (path, more) => planInstallation(platform, { ...logged(more), package: path }),
    configure: (product, more) => checked(() => configureProduct(platform, product, logged(more))),
    uninstall: (product, more) => checked(() => uninstallProduct(platform, product, logged(more))),
    text: (path) => {
      if (platform.files.stat(path)?.kind !== 'file') return undefined
      using file = platform.files.open(path)
      return new TextDecoder('utf-8').decode(file.read(0, file.size))
    },
    property: (name) => log.findLast((line) => line.startsWith(`Property(S): ${name} = `))?.slice(`Property(S): ${name} = `.length),
  }
}
