// Replays recorded installations on a platform in memory and compares what the session decided, action by action, with
// what the recording says: exit code, sequence, features, components, folders, files and properties.
// Recordings are Wine's; where Wine is known to be wrong, the rules of session-differences.ts say so, each with its reason.
import { strict as assert } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { configureProduct, installPackage, type InstallResult } from 'msikit/engine'
import { createMemoryPlatform, type MemoryPlatform } from 'msikit/platform'
import { sharedPath, skipWithout } from '../shared.ts'
import { reasonFor, type Difference } from './session-differences.ts'

interface Step {
  readonly command: string
  readonly exit: number | string
  readonly sequence?: readonly string[]
  readonly trace?: readonly Trace[]
}

interface Trace {
  readonly features?: Readonly<Record<string, Readonly<Record<string, string | number>>>>
  readonly components?: Readonly<Record<string, Readonly<Record<string, string | number>>>>
  readonly folders?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  readonly properties?: Readonly<Record<string, string | null>>
}

interface Recording {
  readonly meta: { readonly packages: Readonly<Record<string, string>> }
  readonly steps: readonly Step[]
}

const recordings = [
  'putty-0.68-installer.install', 'putty-0.68-installer.uninstall', 'putty-0.68-installer.repair',
  'NUnit-2.5.2.9222.install', 'NUnit-2.5.2.9222.uninstall', 'NUnit-2.5.2.9222.repair',
  'msi_with_external_cab.install', 'msi_with_external_cab.uninstall', 'noca-vcredist.install', 'noca-vcredist.uninstall',
  'wix-Decompile-ui.install', 'wix-SequenceTables-SequenceTables.install',
  ...extras('customactions', 'directories', 'environment', 'features', 'registry', 'shortcuts', 'upgrade', 'upgrade_v1', 'versions', 'versions_a', 'wixl_basic'),
]

function extras(...names: readonly string[]): string[] {
  const folder = sharedPath('oracle', 'recorded')
  if (folder === undefined) return []
  return readdirSync(folder).map((name) => name.replace(/\.json$/, ''))
    .filter((name) => names.some((one) => name.startsWith(`extra-${one}.`)) && !/\.(admin|extract|advertise)$/.test(name) || name === 'extra-features.advertise')
}

for (const name of recordings) {
  test(`the session decides as recorded: ${name}`, { skip: skipWithout('oracle', 'recorded', `${name}.json`) || skipWithout('corpus') }, async (context) => {
    const recording = JSON.parse(readFileSync(sharedPath('oracle', 'recorded', `${name}.json`)!, 'utf8')) as Recording
    const platform = machineOf(name, recording)
    const explained = new Map<string, number>()
    for (const [index, step] of recording.steps.entries()) {
      if (!/^msiexec \/[ix] /.test(step.command)) {
        context.diagnostic(`stops before step ${index}: ${step.command}`)
        break
      }
      const { result, actions } = await replay(platform, step.command)
      const unexplained: Difference[] = []
      for (const difference of compare(name, step, result, actions)) {
        const reason = reasonFor(difference)
        if (reason === undefined) unexplained.push(difference)
        else explained.set(reason, (explained.get(reason) ?? 0) + 1)
      }
      assert.deepEqual(unexplained.map(describe), [], `step ${index}: ${step.command}`)
      if (typeof step.exit === 'string') break
    }
    for (const [reason, count] of explained) context.diagnostic(`${count} times: ${reason}`)
  })
}

function describe({ kind, name, field, ours, theirs }: Difference): string {
  return `${kind} ${name} ${field}: ours ${ours}, recorded ${theirs}`
}

function machineOf(name: string, recording: Recording): MemoryPlatform {
  const files: Record<string, string | Uint8Array> = { 'C:\\windows\\system32\\': '', 'C:\\windows\\syswow64\\': '', 'C:\\users\\USER\\': '' }
  for (const packageName of Object.keys(recording.meta.packages)) {
    const made = sharedPath('corpus', 'made', packageName)
    const path = name.startsWith('extra-') && made !== undefined ? made : sharedPath('corpus', packageName)
    if (path !== undefined) files[`D:\\${packageName}`] = readFileSync(path)
  }
  const corpus = sharedPath('corpus')!
  for (const cabinet of readdirSync(corpus).filter((one) => one.endsWith('.cab'))) files[`D:\\${cabinet}`] = readFileSync(join(corpus, cabinet))
  return createMemoryPlatform({
    machine: { versionNT: 601, windowsBuild: 7601, servicePackLevel: 1, userName: 'USER', userSid: 'S-1-5-21-0-0-0-1000', windowsFolder: 'C:\\windows', computerName: '<COMPUTER>' },
    drives: { 'C:': {}, 'D:': {} }, files,
  })
}

async function replay(platform: MemoryPlatform, command: string): Promise<{ result: InstallResult; actions: string[] }> {
  const [, verb, product, rest] = /^msiexec \/([ix]) (\{[^}]*\}|\S+)(.*) \/qn$/.exec(command)!
  const properties: Record<string, string> = verb === 'x' ? { REMOVE: 'ALL' } : {}
  for (const [, property, value, quoted] of rest!.matchAll(/(\w+)=("([^"]*)"|\S*)/g)) properties[property!] = quoted ?? value!
  const actions: string[] = []
  let main = ''
  const options = {
    properties, customActions: 'skip' as const, restartManager: 'none' as const, durability: 'process-end' as const,
    log: (line: string): void => {
      // Nested sessions have another number in the prefix.
      const doing = /^MSI \(s\) \((..:..)\).*: Doing action: (\S+)$/.exec(line)
      if (doing === null) return
      main ||= doing[1]!
      if (doing[1] === main && doing[2] !== 'INSTALL') actions.push(doing[2]!)
    },
  }
  const result = verb === 'x' || product!.startsWith('{') ? await configureProduct(platform, product!, options) : await installPackage(platform, { ...options, package: product! })
  return { result, actions }
}

function compare(recording: string, step: Step, result: InstallResult, actions: readonly string[]): Difference[] {
  const differences: Difference[] = []
  const add = (kind: Difference['kind'], name: string, field: string, ours: unknown, theirs: unknown, enabled = true): void => {
    differences.push({ recording, command: step.command, kind, name, field, ours: String(ours), theirs: String(theirs), enabled })
  }
  if (result.exitCode !== step.exit) add('exit', '', '', result.exitCode, step.exit)
  if (result.exitCode === step.exit && step.sequence !== undefined) {
    const theirs = step.sequence.map((one) => one.replace(/=.*$/, ''))
    if (theirs.join() !== actions.join()) add('sequence', '', '', actions.join(), theirs.join())
  }
  const trace = step.trace?.[0]
  const { decisions } = result
  if (trace === undefined || decisions === undefined) return differences
  const compareStates = (kind: 'feature' | 'component', ours: readonly { readonly name: string; readonly enabled?: boolean }[], theirs: Trace['features']): void => {
    const byName = new Map(ours.map((one) => [one.name, one as Readonly<Record<string, unknown>>]))
    for (const [name, fields] of Object.entries(theirs ?? {})) {
      for (const [field, value] of Object.entries(fields)) {
        const own = byName.get(name)?.[field]
        if (String(own) !== String(value)) add(kind, name, field, own, value, byName.get(name)?.['enabled'] !== false)
      }
    }
  }
  compareStates('feature', decisions.features, trace.features)
  compareStates('component', decisions.components, trace.components)
  const compareTexts = (kind: 'folder' | 'file' | 'property', ours: Iterable<readonly [string, string]>, theirs: Readonly<Record<string, string | null>> | undefined): void => {
    const byName = new Map(ours)
    for (const [name, value] of Object.entries(theirs ?? {})) {
      const [own, other] = [byName.get(name) ?? '', (value ?? '').replaceAll('<USER>', 'USER')]
      if (own.toLowerCase() !== other.toLowerCase()) add(kind, name, '', own, other)
    }
  }
  compareTexts('folder', decisions.directories.map(({ name, path }) => [name, path] as const), trace.folders)
  compareTexts('file', decisions.files.map(({ key, path }) => [key, path] as const), trace.files)
  compareTexts('property', decisions.properties, trace.properties)
  return differences
}
