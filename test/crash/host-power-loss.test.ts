// A loss of power on disk: what the host was asked for, call by call, with names and contents that were not synced lost,
// torn and out of order. The next start finds that folder, and leaves the root as it was, hives byte for byte, or as
// installed. What `power-loss.ts` shows for the engine, this shows for the layer that writes to the host.
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type PackageBuilder } from 'msikit/authoring'
import { installPackage, recoverInterruptedInstallation, sweepReplacedFiles, uninstallProduct, type InstallOptions } from 'msikit/engine'
import { createNodePlatform } from 'msikit/node'
import { readFile, walk, type MemoryFileSystem } from 'msikit/platform'
import { aPackage, bytesOf } from '../../dist/testing/index.js'
import { folderDigest } from '../folder-digest.ts'
import { watchHostCalls } from './host-calls.ts'
import { silentMessages } from './samples.ts'

const skip = process.platform === 'linux' ? false : 'the model knows what Linux is asked for'
const most = process.env['MSIKIT_CRASH'] === 'full' ? Number.POSITIVE_INFINITY : 24
const options: InstallOptions = { customActions: 'skip', restartManager: 'none', durability: 'power-loss' }

function product(name: string, version: string): PackageBuilder {
  const builder = aPackage({ name, version })
  const folder = builder.folder('ProgramFilesFolder').folder(name, { key: 'INSTALLDIR' })
  const main = builder.feature('Main')
  main.file(folder, 'app.txt', `${name} ${version}`, { key: 'app' }).registry('HKLM', `Software\\${name}`, 'Version', version).registry('HKCU', `Software\\${name}`, 'Seen', version)
    .iniValue('shared.ini', name, 'Version', version).environment('PATH', `C:\\${name}`, { part: 'last' }).createFolder(folder.folder('data'))
  main.file(folder.folder('deep').folder('deeper'), `${version}.txt`, version, { hidden: true })
  return builder
}

/** Folders as they may be found, onto the disk. */
function dump(files: MemoryFileSystem, folder: string): void {
  mkdirSync(folder)
  for (const path of walk(files, 'C:\\')) {
    const at = join(folder, ...path.slice(3).split('\\'))
    const { kind, modifiedMs } = files.stat(path)!
    if (kind === 'directory') mkdirSync(at)
    else {
      const isLock = path.startsWith('C:\\msikit.lock')
      const bytes = readFile(files, path)
      // Its process is this one, which has not ended; the machine has been started anew.
      writeFileSync(at, isLock ? new TextDecoder().decode(bytes).replace(/"boot":"[^"]*"/, '"boot":"another"') : bytes)
      const seconds = isLock ? 1e9 : (Math.round(modifiedMs * 1000) + 0.5) / 1e6
      utimesSync(at, seconds, seconds)
    }
  }
}

/** Contents and names: modes are not modelled. Cached packages have names by chance, and what the host has not as attributes has a note. */
function contents(root: string, withTimes: boolean): string[] {
  return [...folderDigest(root)].map(([path, facts]) => {
    const [, , ...rest] = facts.startsWith('directory') ? ['', '', 'directory'] : facts.split(' ')
    return `${path.replace(/^(Windows\/Installer\/)[0-9a-f]+/, '$1')} ${(withTimes && !path.startsWith('System Volume') ? rest : rest.slice(0, 1)).join(' ')}`
  })
}

/** Hives of two installations differ in times. */
const withoutHives = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/(\/config\/\S+|NTUSER\.DAT) .*/, '$1').replace(/(Windows\/Installer\/\.msi).*/, '$1'))

test('whenever the power goes, the next start leaves the old root or the new one, hives byte for byte', { skip }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-power-'))
  context.after(() => { rmSync(folder, { recursive: true, force: true }) })
  const packages = new Map([['one', product('One', '1.0.0')], ['two', product('One', '2.0.0').majorUpgrade({ downgradeMessage: 'no', removeAt: { after: 'InstallInitialize' } })], ['other', product('Other', '1.0.0')]].map(([name, builder]) => {
    const path = join(folder, `${name as string}.msi`)
    writeFileSync(path, bytesOf((sink) => { (builder as PackageBuilder).build({ validation: false }).save(sink) }))
    return [name as string, path] as const
  }))
  const install = async (root: string, name: string): Promise<void> => {
    const { exitCode, error } = await installPackage(createNodePlatform({ root }), { ...options, package: packages.get(name)! })
    assert.equal(exitCode, 0, error?.message)
  }
  const copyOf = (from: string, to: string): string => {
    rmSync(join(folder, to), { recursive: true, force: true })
    cpSync(join(folder, from), join(folder, to), { recursive: true, preserveTimestamps: true })
    return join(folder, to)
  }
  mkdirSync(join(folder, 'empty'))
  await install(copyOf('empty', 'other'), 'other')
  await install(copyOf('other', 'installed'), 'one')
  const ends = { 'rolled back': 0, complete: 0, calls: 0 }
  const scenarios: readonly [name: string, from: string, run: (root: string) => Promise<void>][] = [
    ['the first installation of a root', 'empty', (root) => install(root, 'one')],
    ['an installation beside another product', 'other', (root) => install(root, 'one')],
    ['an upgrade', 'installed', (root) => install(root, 'two')],
    ['a removal', 'installed', async (root) => { assert.equal((await uninstallProduct(createNodePlatform({ root }), 'One', options)).exitCode, 0) }],
  ]
  for (const [name, from, run] of scenarios) {
    let calls = 0
    {
      using counting = watchHostCalls(copyOf(from, 'whole'), () => {})
      await run(join(folder, 'whole'))
      calls = counting.calls
    }
    ends.calls += calls
    const whole = contents(join(folder, 'whole'), false)
    const stride = Math.max(1, Math.ceil(calls / most))
    const before = contents(copyOf(from, 'watched'), true)
    const found: { left: MemoryFileSystem; where: string }[] = []
    {
      using watched = watchHostCalls(join(folder, 'watched'), (host, what) => {
        if (host.calls % stride === stride - 1) for (const [index, kept] of [0, 0.5, 0.9].entries()) found.push({ left: host.losePower(host.calls * 3 + index, kept), where: `${name}, call ${host.calls} of ${calls}, ${what}, ${kept} kept` })
      })
      await run(join(folder, 'watched'))
      for (const kept of [0, 0.5]) found.push({ left: watched.losePower(kept * 10, kept), where: `${name}, after the end, ${kept} kept` })
    }
    for (const { left, where } of found) {
      const root = join(folder, 'left')
      rmSync(root, { recursive: true, force: true })
      dump(left, root)
      const platform = createNodePlatform({ root })
      const outcomes: string[] = []
      {
        using lock = platform.lockInstallation()
        assert.ok(lock, `${where}: the lock is held by nobody`)
        const reports = await recoverInterruptedInstallation(platform, () => {}, { durability: 'process-end' })
        assert.deepEqual(reports.flatMap(({ problems }) => problems), [], where)
        outcomes.push(...reports.map(({ outcome }) => outcome))
        lock.recovered?.()
        await sweepReplacedFiles(platform, silentMessages())
      }
      const now = contents(root, true)
      const isBefore = JSON.stringify(now) === JSON.stringify(before)
      if (isBefore && !where.includes('after the end')) ends['rolled back']++
      else {
        ends.complete++
        const lost = { before: before.filter((line) => !now.includes(line)), now: now.filter((line) => !before.includes(line)) }
        assert.ok(!outcomes.includes('rolled back'), `${where}: rolled back, but ${JSON.stringify(lost, undefined, 1)}`)
        assert.deepEqual(withoutHives(contents(root, false)), withoutHives(whole), where)
      }
    }
  }
  context.diagnostic(`${ends.calls} calls of the host, ${ends['rolled back'] + ends.complete} losses of power: ${ends['rolled back']} rolled back byte for byte, ${ends.complete} complete`)
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('Config')), [])
})
