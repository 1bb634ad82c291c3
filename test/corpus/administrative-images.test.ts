// Administrative images of real packages: the files are those that `extract` takes out (which is compared with recorded
// layouts), the package beside them says that it is an image, and a product can be installed from it.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { repository, sharedPath, skipWithout } from '../shared.ts'

const packages = ['putty-0.68-installer.msi', 'NUnit-2.5.2.9222.msi', 'vcredist.msi', 'made/features.msi', 'made/directories.msi', 'made/wixl_basic.msi']

for (const name of packages) {
  test(`an administrative image of ${name} holds its files and installs`, { skip: skipWithout('corpus', name) }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'msikit-admin-'))
    try {
      const root = join(folder, 'root')
      mkdirSync(root)
      const path = sharedPath('corpus', name)!
      expectSuccess('admin', path, 'TARGETDIR=C:\\admin', '--root', root)
      expectSuccess('extract', path, '-o', join(folder, 'files'))
      const image = tree(join(root, 'admin'))
      const fileName = name.slice(name.lastIndexOf('/') + 1)
      assert.ok(image.delete(fileName), 'the package lies in the image')
      // Features of level 0 and components whose condition is false are in the package, but in no installation of it.
      const inPackage = new Set(tree(join(folder, 'files')).values())
      assert.ok(image.size > 0)
      assert.deepEqual([...image.values()].filter((file) => !inPackage.has(file)), [])
      // Its custom actions are in DLLs, which only Windows can run.
      if (name === 'vcredist.msi') return
      const target = join(folder, 'target')
      mkdirSync(target)
      expectSuccess('install', join(root, 'admin', fileName), '--root', target)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}

function expectSuccess(...args: string[]): void {
  const run = spawnSync(process.execPath, [join(repository, 'dist/bin/msikit.cjs'), ...args], { encoding: 'utf8', timeout: 60_000 })
  assert.equal(run.status, 0, `msikit ${args.join(' ')}: ${run.stderr}`)
}

/** Path → name and SHA-256: folders of an image have the names of the source, extracted ones those of the target. */
function tree(root: string): Map<string, string> {
  const names = (readdirSync(root, { recursive: true }) as string[]).filter((name) => statSync(join(root, name)).isFile())
  return new Map(names.map((name) => [name, `${basename(name)} ${createHash('sha256').update(readFileSync(join(root, name))).digest('hex')}`]))
}
