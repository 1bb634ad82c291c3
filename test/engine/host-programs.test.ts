// Custom actions that are programs of this host: out of the Binary table, installed by the package, by path, by property;
// immediate and deferred, with the session's key on the command line, through a Windows root in a folder.
import { strict as assert } from 'node:assert'
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { PackageBuilder, runProgram } from 'msikit/authoring'
import { installPackage, uninstallProduct } from 'msikit/engine'
import { createNodePlatform } from 'msikit/node'

const skip = process.platform === 'win32' ? 'runs shell scripts' : false
const script = '#!/bin/sh\necho "$0" "$@" >> "$MSIKIT_DRIVE_C/ran.txt"\n'

function buildPackage(path: string): void {
  const builder = new PackageBuilder({ name: 'Host programs', version: '1.0.0', manufacturer: 'Example Corporation' })
  const folder = builder.folder('ProgramFilesFolder\\Host programs', { key: 'INSTALLDIR' })
  builder.feature('Main').file(folder, 'tool.sh', script)
  builder.binary('helper', script).property('TOOLPATH', 'C:\\Program Files (x86)\\Host programs\\tool.sh')
  builder.customAction('FromBinary', runProgram({ binary: 'helper' }, 'binary [MsiRestartManagerSessionKey]'), { at: 1350, condition: 'NOT Installed' })
  builder.customAction('Deferred', runProgram({ folder: 'INSTALLDIR' }, '"[INSTALLDIR]tool.sh" deferred "two words"', { execution: 'deferred' }), { at: 6500, condition: 'NOT Installed' })
  builder.customAction('FromProperty', runProgram({ property: 'TOOLPATH' }, 'property'), { at: 6700, condition: 'NOT Installed' })
  const handle = openSync(path, 'w')
  builder.build().save({ write: (chunk) => { writeSync(handle, chunk) } })
  closeSync(handle)
}

test('programs of the host run as custom actions', { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-programs-'))
  try {
    const [path, root] = [join(folder, 'programs.msi'), join(folder, 'root')]
    buildPackage(path)
    const platform = createNodePlatform({ root, sessionFolder: join(folder, 'sessions') })
    const log: string[] = []
    const result = await installPackage(platform, { package: path, log: (line) => { log.push(line) } })
    assert.equal(result.exitCode, 0, log.join('\n'))
    const ran = readFileSync(join(root, 'ran.txt'), 'utf8').trim().split('\n').map((line) => line.replace(/^\S+? (?:\S+ )?(?=binary|deferred|property)|^.*tool\.sh /, ''))
    assert.match(ran[0]!, /^binary [0-9a-f]{32}$/)
    assert.deepEqual(ran.slice(1), ['deferred two words', 'property'])
    assert.equal((await uninstallProduct(platform, result.productCode)).exitCode, 0)
    assert.equal(existsSync(join(root, 'Program Files (x86)/Host programs')), false)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
