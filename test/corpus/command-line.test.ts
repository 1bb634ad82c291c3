// The life of PuTTY in a root, by the bundled program.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { repository, sharedPath, skipWithout } from '../shared.ts'

const program = join(repository, 'dist/bin/msikit.cjs')
const putty = 'corpus/putty-0.68-installer.msi'

test('PuTTY is planned, installed, listed, repaired and uninstalled', { skip: skipWithout(putty) }, () => {
  const root = mkdtempSync(join(tmpdir(), 'msikit-root-'))
  const msikit = (...words: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', env: { ...process.env, MSIKIT_ROOT: root }, timeout: 120_000 })
  try {
    const file = sharedPath(putty)!
    const log = join(root, 'install.log')
    assert.equal(JSON.parse(msikit('plan', file, '--json').stdout).exitCode, 0)
    assert.ok(!existsSync(join(root, 'Program Files (x86)')))
    const installed = msikit('install', file, '--log', log, '--custom-actions', 'skip')
    assert.equal(installed.status, 0, installed.stderr)
    assert.ok(existsSync(join(root, 'Program Files (x86)/PuTTY/putty.exe')))
    assert.match(readFileSync(log, 'utf8'), /^=== Verbose logging started: [\s\S]*MainEngineThread is returning 0[\s\S]*=== Verbose logging stopped: /)
    const [product] = JSON.parse(msikit('list', '--json').stdout) as { productName: string }[]
    assert.equal(product?.productName, 'PuTTY release 0.68')
    rmSync(join(root, 'Program Files (x86)/PuTTY/putty.exe'))
    assert.equal(msikit('repair', 'putty release 0.68').status, 0)
    assert.ok(existsSync(join(root, 'Program Files (x86)/PuTTY/putty.exe')))
    const removed = msikit('msiexec', '/X{55717628-7AE6-4BCF-A046-FA2768945E76}', '/qn', '/norestart')
    assert.ok(removed.status === 0 || removed.status === (3010 & 0xff), removed.stderr)
    assert.ok(!existsSync(join(root, 'Program Files (x86)/PuTTY')))
    assert.equal(msikit('uninstall', file).status, 1605 & 0xff)
  } finally {
    rmSync(root, { recursive: true })
  }
})
