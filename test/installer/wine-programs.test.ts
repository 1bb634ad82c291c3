// Programs of Windows in custom actions, run by Wine: real ones, in a root on disk. Without Wine this is skipped, visibly.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runProgram } from 'msikit/authoring'
import { installPackage } from 'msikit/engine'
import { createNodePlatform } from 'msikit/node'
import { findOnPath, wineRunner } from '../../dist/cli/install/wine-runner.js'
import { aPackage } from '../../dist/testing/index.js'

const wine = findOnPath('wine')
/** Making the first prefix takes longer than all other tests together: only where that is wanted. */
const skip = wine === undefined ? 'there is no Wine on this machine' : process.env['MSIKIT_TEST_WINE'] === undefined ? 'takes Wine half a minute: set MSIKIT_TEST_WINE=1' : false

/** cmd.exe of Wine's own: it stands for a program of a package. */
const cmd = ['/usr/lib/x86_64-linux-gnu/wine/x86_64-windows/cmd.exe', '/usr/lib64/wine/x86_64-windows/cmd.exe', '/usr/lib/wine/x86_64-windows/cmd.exe'].find((path) => existsSync(path))

test('Wine runs deferred programs on the files of the root; exit codes count, and time limits end them', { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-wine-'))
  const cache = process.env['XDG_CACHE_HOME']
  process.env['XDG_CACHE_HOME'] = join(folder, 'cache')
  try {
    const root = join(folder, 'root')
    mkdirSync(root)
    const platform = createNodePlatform({ root })
    const install = async (name: string, commandLine: string, timeLimitMs = 120_000): Promise<number> => {
      const builder = aPackage({ name })
      const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
      builder.feature('Main').file(place, 'tool.exe', new Uint8Array(readFileSync(cmd!)))
      builder.customAction('Run', runProgram({ folder: 'INSTALLDIR' }, commandLine, { execution: 'deferred' }), { at: { before: 'InstallFinalize' } })
      const chunks: Uint8Array[] = []
      builder.build().save({ write: (chunk) => { chunks.push(new Uint8Array(chunk)) } })
      writeFileSync(join(folder, name), Buffer.concat(chunks))
      return (await installPackage(platform, { package: join(folder, name), foreignRunner: wineRunner(platform), timeLimitMs, log: () => {} })).exitCode
    }
    assert.equal(await install('a.msi', '"[INSTALLDIR]tool.exe" /c echo here> "[INSTALLDIR]made.txt"'), 0)
    assert.equal(readFileSync(join(root, 'Program Files (x86)/Example/made.txt'), 'latin1'), 'here\r\n')
    assert.equal(await install('b.msi', '"[INSTALLDIR]tool.exe" /c exit 3'), 1603)
    // The root has no cmd.exe: Wine's own serves, by its name and by its path.
    assert.equal(await install('d.msi', 'cmd /c echo there> "[INSTALLDIR]second.txt"'), 0)
    assert.equal(readFileSync(join(root, 'Program Files (x86)/Example/second.txt'), 'latin1'), 'there\r\n')
    assert.equal(await install('e.msi', '[SystemFolder]cmd.exe /c exit 4'), 1603)
    assert.equal(await install('f.msi', 'nobody-has-this.exe /c exit 0'), 1603)
    const started = Date.now()
    assert.equal(await install('c.msi', '"[INSTALLDIR]tool.exe" /c for /L %i in (1,0,2) do @rem', 5000), 1603)
    assert.ok(Date.now() - started < 60_000)
  } finally {
    const base = join(folder, 'cache/msikit/wine')
    const server = findOnPath('wineserver')
    // Its background programs have the folder open for some seconds.
    if (server !== undefined && existsSync(base)) for (const prefix of readdirSync(base)) spawnSync(server, ['-k'], { env: { ...process.env, WINEPREFIX: join(base, prefix) } })
    if (cache === undefined) delete process.env['XDG_CACHE_HOME']
    else process.env['XDG_CACHE_HOME'] = cache
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 })
  }
})
