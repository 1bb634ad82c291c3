// Whole installations for the crash matrix: packages of the corpus and made-up ones, each installed, repaired, changed
// to another version and removed. A scenario has a world to begin with, and what is done to a copy of it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { administerPackage, advertisePackage, configureProduct, installPackage, parsePropertySettings, repairProduct, uninstallProduct, type InstallOptions, type InstallResult } from 'msikit/engine'
import { createMemoryPlatform, noAttributes, walk, writeFile, type MemoryPlatform, type Platform } from 'msikit/platform'
import { buildGreeter } from '../demo/packages.ts'
import { sharedPath } from '../shared.ts'
import { stateProperties } from '../vectors/ops/install.ts'
import { runScenario, type CustomLibrary, type Scenario } from '../vectors/scenario.ts'
import { bytesOf } from '../../dist/testing/index.js'

export interface CrashScenario {
  readonly name: string
  /** Made once; every run is done to a copy. */
  readonly start: () => Promise<MemoryPlatform>
  readonly run: (platform: Platform) => Promise<Pick<InstallResult, 'exitCode' | 'error'>>
  /** It fails by itself, and takes back what it did. */
  readonly fails?: boolean | 'perhaps'
  /** Of the states that are tried where not all are; 1 when absent. */
  readonly share?: number
}

export const options: InstallOptions = { customActions: 'skip', restartManager: 'none', durability: 'power-loss' }

/** Folders that a Windows has from the start, and the packages in drive D. */
export function packageWorld(packages: Readonly<Record<string, string | Uint8Array>>): MemoryPlatform {
  const platform = createMemoryPlatform({
    machine: { versionNT: 603, windowsBuild: 9600 },
    drives: { 'C:': {}, 'D:': {} },
    files: {
      'C:\\Windows\\System32\\': '', 'C:\\Windows\\SysWOW64\\': '', 'C:\\Users\\user\\': '', 'C:\\Program Files\\Common Files\\': '',
      'C:\\Program Files (x86)\\Common Files\\': '', 'C:\\Windows\\Installer\\': '', ...packages,
    },
  })
  return withEveryHive(platform)
}

/** One that is absent could not be told from one that says what a fresh one says. */
function withEveryHive(platform: MemoryPlatform): MemoryPlatform {
  for (const mount of ['HKLM\\SOFTWARE', 'HKLM\\SYSTEM', 'HKLM\\SAM', 'HKLM\\SECURITY', 'HKU\\.DEFAULT', 'HKCU']) {
    platform.registry.createKey(`${mount}\\Crash`)
    platform.registry.deleteKey(`${mount}\\Crash`)
  }
  platform.registry.flush()
  return platform
}

/** Of a package that can be installed: what is done with it in its life. */
export function lifeOf(name: string, path: string, world: () => MemoryPlatform, upgrades: readonly string[] = []): CrashScenario[] {
  const start = once(async () => world())
  const installed = once(async () => succeed(name, (await start()).fork(), path))
  const damaged = once(async () => damage((await installed()).fork(), await start()))
  const product = once(async () => (await installPackage((await start()).fork(), { ...options, package: path })).productCode)
  return [
    { name: `${name}, install`, start, run: (platform) => installPackage(platform, { ...options, package: path }) },
    { name: `${name}, repair`, start: damaged, run: async (platform) => repairProduct(platform, await product(), { ...options, mode: 'amus' }) },
    ...upgrades.map((upgrade): CrashScenario => ({ name: `${name}, upgrade to ${upgrade}`, start: installed, run: (platform) => installPackage(platform, { ...options, package: upgrade }) })),
    { name: `${name}, uninstall`, start: installed, run: async (platform) => uninstallProduct(platform, await product(), options) },
    { name: `${name}, advertise`, start, share: 0.3, fails: 'perhaps', run: (platform) => advertisePackage(platform, { ...options, package: path }) },
    { name: `${name}, administrative image`, start, share: 0.3, run: (platform) => administerPackage(platform, { ...options, package: path, properties: { TARGETDIR: 'C:\\Image' } }) },
  ]
}

export async function succeed(name: string, platform: MemoryPlatform, path: string): Promise<MemoryPlatform> {
  const { exitCode, error } = await installPackage(platform, { ...options, package: path })
  if (exitCode !== 0 && exitCode !== 3010) throw new Error(`${name}: expected an installation to succeed, found ${exitCode} ${error?.message ?? ''}`)
  return platform
}

export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => made ??= make()
}

/** What a repair is for: files that are gone, that say something else, and values that were lost. */
function damage(platform: MemoryPlatform, before: MemoryPlatform): MemoryPlatform {
  const { files, registry } = platform
  let count = 0
  // The list is made first: what is walked must not change.
  const paths = Array.from(walk(files, 'C:\\'))
  for (const path of paths) {
    if (files.stat(path)?.kind !== 'file' || before.files.stat(path) !== undefined || /^C:\\Windows\\Installer\\/i.test(path)) continue
    if (count++ % 3 === 2) continue
    files.setAttributes(path, noAttributes)
    if (count % 3 === 1) files.removeFile(path)
    else writeFile(files, path, new TextEncoder().encode('damaged'))
  }
  for (const key of registry.subkeys('HKLM\\SOFTWARE')) {
    if (!before.registry.keyExists(`HKLM\\SOFTWARE\\${key}`)) registry.deleteKey(`HKLM\\SOFTWARE\\${key}`)
  }
  registry.flush()
  return platform
}

/** Packages whose source is not in the corpus: they cannot be installed. */
const withoutSource = new Set(['ui.msi'])

export function corpusScenarios(): CrashScenario[] {
  const corpus = sharedPath('corpus')
  if (corpus === undefined) return []
  const names = readdirSync(corpus, { recursive: true }).map(String).filter((name) => name.endsWith('.msi') && !withoutSource.has(name))
  const source: Record<string, Uint8Array | string> = { 'D:\\MsiPackage\\test.txt': 'A source file that the corpus has not.' }
  for (const name of [...names, ...readdirSync(corpus).filter((one) => one.endsWith('.cab'))]) source[`D:\\${name.replaceAll('/', '\\')}`] = readFileSync(join(corpus, name))
  return names.flatMap((name) => {
    const path = `D:\\${name.replaceAll('/', '\\')}`
    const upgrade = /upgrade_v1/.test(name) ? ['upgrade_v2', 'upgrade_v3late'].map((one) => path.replace('upgrade_v1', one)) : []
    const files = Object.fromEntries(Object.entries(source).filter(([one]) => one === path || upgrade.includes(one) || !one.endsWith('.msi')))
    return lifeOf(name, path, () => packageWorld(files), upgrade)
  })
}

/** The demonstration's application, and its upgrade. */
export function demoScenarios(): CrashScenario[] {
  const packages = Object.fromEntries(['1.0.0', '2.0.0'].map((version) => {
    const built = buildGreeter({ version, greeting: `Hello from ${version}`, conversionExit: 0 })
    return [`D:\\greeter-${version}.msi`, bytesOf((sink) => { built.save(sink) })]
  }))
  return lifeOf('demo', 'D:\\greeter-1.0.0.msi', () => packageWorld(packages), ['D:\\greeter-2.0.0.msi'])
}

/** Those that are not about sessions, or about what another of them is about, or of a library that is on no disk. */
const vectorScenarios = /^(?:action\/(?!register_typelib)|install\/(?!sourcepath|uiLevel|package_validation)|msi\/concurrent)/

/** Every installation of the recorded scenarios, as it stands there. */
export async function vectorScenarioRuns(): Promise<CrashScenario[]> {
  const path = sharedPath('vectors', 'install_scenarios.json')
  const library = sharedPath('vectors', 'custom_actions.json')
  if (path === undefined || library === undefined) return []
  const { scenarios } = JSON.parse(readFileSync(path, 'utf8')) as { scenarios: readonly Scenario[] }
  const runs: CrashScenario[] = []
  for (const scenario of scenarios.filter(({ id }) => vectorScenarios.test(id))) {
    let count = 0
    await runScenario(scenario, JSON.parse(readFileSync(library, 'utf8')) as CustomLibrary, (step, world) => {
      const code = step.expect?.['rc']
      if (typeof code !== 'number' || !/^Msi(?:Install|Configure)Product/.test(step.op)) return
      world.platform.registry.flush()
      const start = withEveryHive(world.platform.fork())
      const properties = Object.fromEntries(parsePropertySettings(String(step['commandLine'] ?? '')))
      const from = step.op === 'MsiInstallProduct' ? world.path(step['path']) : ''
      runs.push({
        name: `${scenario.id} ${++count}`, start: async () => start, ...(code === 0 || code === 3010 ? {} : { fails: 'perhaps' as const }),
        run: (platform) => step.op === 'MsiInstallProduct' ? installPackage(platform, { ...options, package: from, properties })
          : configureProduct(platform, String(step['product']), { ...options, properties: { ...stateProperties(Number(step['state']), Number(step['level'])), ...properties } }),
      })
    })
  }
  return runs
}
