// The other ways in, for the crash matrix: several packages in one transaction, committed, taken back and failing; patches
// applied, removed and brought along; code that waits for the first start; an advertised product that is installed; and
// installations that fail at their end, so that their rollback is what is struck.
import { buildPatch, callLibrary, failWith, type PackageBuilder } from 'msikit/authoring'
import { advertisePackage, applyPatches, beginTransaction, installPackage, removePatches, uninstallProduct, type InstallResult, type PackageTransaction } from 'msikit/engine'
import type { MemoryPlatform, Platform } from 'msikit/platform'
import { aPackage, bytesOf } from '../../dist/testing/index.js'
import { once, options, packageWorld, succeed, type CrashScenario } from './package-scenarios.ts'

const productCode = (digit: number): string => `{0000000${digit}-AAAA-2222-3333-444444444444}`
const patchCode = '{00000001-1111-2222-3333-444444444444}'

/** Two components of each, one of them shared by all products, with a file that each of them replaces or counts. */
function product(digit: number, content = 'as it was', { change = () => {}, more = {} }: { change?: (builder: PackageBuilder) => void; more?: Readonly<Record<string, string>> } = {}): PackageBuilder {
  const builder = aPackage({ name: `Product ${digit}`, productCode: productCode(digit), upgradeCode: `{0000000${digit}-BBBB-2222-3333-444444444444}` })
  const folder = builder.folder('ProgramFilesFolder').folder('Suite', { key: 'INSTALLDIR' })
  const main = builder.feature('Main')
  main.file(folder.folder(`Product ${digit}`), 'own.txt', `${digit} ${content}`, { key: 'own', component: { key: 'own' } })
    .registry('HKLM', `Software\\Suite\\${digit}`, 'content', content).environment('PATH', `C:\\Suite${digit}`, { part: 'last' }).iniValue('suite.ini', 'Products', String(digit), content)
  main.file(folder, 'shared.txt', 'shared', { key: 'shared', component: { key: 'shared', guid: '{11111111-CCCC-2222-3333-444444444444}' } }).registry('HKLM', 'Software\\Suite', 'Shared', '1')
  main.file(folder, 'same.txt', `of ${digit}`, { key: 'same', readOnly: true })
  for (const [name, text] of Object.entries(more)) main.file(folder.folder('new'), name, text, { key: name, component: { key: name } })
  change(builder)
  return builder
}

const bytes = (builder: PackageBuilder): Uint8Array => bytesOf((sink) => { builder.build({ validation: false }).save(sink) })
const path = (digit: number): string => `D:\\product${digit}.msi`
const failing = (builder: PackageBuilder): void => { builder.customAction('Fail', failWith('broken'), { at: 6590, condition: 'NOT REMOVE' }).schedule('InstallExecute', { at: 6580 }) }

function world(): MemoryPlatform {
  const patch = buildPatch({ code: patchCode, displayName: 'Patch', targets: [{
    base: product(1).build({ validation: false }).database,
    updated: product(1, 'as patched', { more: { 'new.txt': 'new' } }).build({ validation: false }).database,
  }] })
  return packageWorld({
    [path(1)]: bytes(product(1)), [path(2)]: bytes(product(2)), [path(3)]: bytes(product(3, 'x', { change: failing })), [path(4)]: bytes(product(4, 'x', { change: deferring })),
    'D:\\patch.msp': bytesOf((sink) => { patch.save(sink) }), 'C:\\Program Files (x86)\\Suite\\same.txt': 'the user\'s', 'C:\\Program Files (x86)\\Suite\\theirs.txt': 'theirs',
  })
}

function deferring(builder: PackageBuilder): void {
  builder.binary('helper.dll', 'MZ helper').customAction('CallHelper', callLibrary({ binary: 'helper.dll' }, 'Configure', { execution: 'deferred', impersonate: false }), { at: 4101, condition: 'NOT REMOVE' })
}

type Outcome = Pick<InstallResult, 'exitCode' | 'error'>

/** Members one after the other, until one fails. */
async function together(platform: Platform, members: readonly Member[], end: 'commit' | 'rollback' = 'commit'): Promise<Outcome> {
  try {
    await using all = await beginTransaction(platform, { name: 'Suite', durability: 'power-loss' })
    for (const member of members) {
      const result = await member(all)
      if (result.exitCode !== 0 && result.exitCode !== 3010) return result
    }
    if (end === 'rollback') return { exitCode: 1602, error: undefined }
    const { exitCode } = await all.commit()
    return { exitCode, error: undefined }
  } catch (error) {
    if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') return { exitCode: error.errno, error: undefined }
    throw error
  }
}

type Member = (all: PackageTransaction) => Promise<InstallResult>

function install(digit: number): Member {
  return (all) => all.install({ ...options, package: path(digit) })
}

function remove(digit: number): Member {
  return (all) => all.uninstall(productCode(digit), options)
}

export function otherWays(): CrashScenario[] {
  const start = once(async () => world())
  const after = (name: string, change: (platform: MemoryPlatform) => Promise<unknown>, from = start): (() => Promise<MemoryPlatform>) => once(async () => {
    const platform = (await from()).fork()
    const result = await change(platform) as InstallResult | MemoryPlatform
    if ('exitCode' in result && result.exitCode !== 0) throw new Error(`${name}: ${result.exitCode} ${result.error?.message ?? ''}`)
    return platform
  })
  const one = after('one', (platform) => succeed('one', platform, path(1)))
  const patched = after('patched', (platform) => applyPatches(platform, { ...options, patches: ['D:\\patch.msp'] }), one)
  const advertised = after('advertised', (platform) => advertisePackage(platform, { ...options, package: path(1) }))
  const later = { ...options, deferToFirstBoot: true }
  const waiting = after('waiting', (platform) => installPackage(platform, { ...later, package: path(4) }))
  return [
    { name: 'two packages in a transaction', start, run: (platform) => together(platform, [install(1), install(2)]) },
    { name: 'a removal, an installation, a repair and a patch in a transaction', start: one, run: (platform) => together(platform, [
      remove(1), install(2), install(1), (all) => all.repair(productCode(2), { ...options, mode: 'amus' }), (all) => all.applyPatches({ ...options, patches: ['D:\\patch.msp'] }),
    ]) },
    { name: 'a transaction whose last package fails', start: one, fails: true, run: (platform) => together(platform, [install(2), remove(1), install(3)]) },
    { name: 'a transaction that is taken back', start: one, fails: true, run: (platform) => together(platform, [remove(1), install(2)], 'rollback') },
    { name: 'an installation that fails at its end', start, fails: true, run: (platform) => installPackage(platform, { ...options, package: path(3) }) },
    { name: 'a patch that is applied', start: one, run: (platform) => applyPatches(platform, { ...options, patches: ['D:\\patch.msp'] }) },
    { name: 'a patch that is removed', start: patched, run: (platform) => removePatches(platform, { ...options, patches: [patchCode] }) },
    { name: 'a patch with the first installation', start, run: (platform) => installPackage(platform, { ...options, package: path(1), properties: { PATCH: 'D:\\patch.msp' } }) },
    { name: 'a patched product that is removed', start: patched, run: (platform) => uninstallProduct(platform, productCode(1), options) },
    { name: 'an advertised product that is installed', start: advertised, run: (platform) => installPackage(platform, { ...options, package: path(1) }) },
    { name: 'an advertised product that is removed', start: advertised, run: (platform) => uninstallProduct(platform, productCode(1), options) },
    { name: 'actions that wait for the first start', start, run: (platform) => installPackage(platform, { ...later, package: path(4) }) },
    { name: 'actions that wait no longer', start: waiting, run: (platform) => uninstallProduct(platform, productCode(4), later) },
  ]
}
