// What msikit installs into a Wine prefix, Wine's own installer lists and removes: the registration is understood by
// somebody else.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { repository, sharedPath, skipWithout } from '../shared.ts'

const wine = spawnSync('wine', ['--version'], { encoding: 'utf8' })
const skip = wine.status === 0 ? skipWithout('corpus', 'putty-0.68-installer.msi') : 'needs wine'

test('Wine lists and removes a product that msikit installed into its prefix', { skip, timeout: 300_000 }, () => {
  const prefix = mkdtempSync(join(tmpdir(), 'msikit-wine-'))
  const env = { ...process.env, WINEPREFIX: prefix, WINEDEBUG: '-all', WINEDLLOVERRIDES: 'mscoree=;mshtml=', DISPLAY: '' }
  const run = (program: string, ...args: string[]): { status: number | null; stdout: string } => spawnSync(program, args, { env, encoding: 'utf8', timeout: 120_000 })
  try {
    assert.equal(run('wineboot', '-i').status, 0)
    run('wineserver', '-w')
    const installed = run(process.execPath, join(repository, 'dist/bin/msikit.cjs'), 'install', sharedPath('corpus', 'putty-0.68-installer.msi')!, '--root', prefix)
    assert.equal(installed.status, 0, installed.stdout)
    const putty = join(prefix, 'drive_c/Program Files (x86)/PuTTY/putty.exe')
    assert.ok(existsSync(putty))
    assert.match(run('wine', 'uninstaller', '--list').stdout, /\{55717628-7AE6-4BCF-A046-FA2768945E76\}\|\|\|PuTTY release 0\.68/)
    assert.equal(run('wine', 'msiexec', '/x', '{55717628-7AE6-4BCF-A046-FA2768945E76}', '/qn').status, 0)
    assert.ok(!existsSync(putty))
  } finally {
    run('wineserver', '-k')
    rmSync(prefix, { recursive: true, force: true })
  }
})
