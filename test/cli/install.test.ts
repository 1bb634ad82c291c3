// What `install` says when it ends badly: what is wrong, where, and what to do.
import { strict as assert } from 'node:assert'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { callLibrary, failWith } from 'msikit/authoring'
import { aPackage, bytesOf } from '../../dist/testing/index.js'
import { msikit, Work } from './in-process.js'

const work = new Work()

test('code that only Windows can run: which, and how to install without it', async () => {
  const builder = aPackage().binary('code', 'MZ').customAction('Look', callLibrary({ binary: 'code' }, 'Entry'), { at: { after: 'CostFinalize' } })
  const file = work.write('library.msi', bytesOf((sink) => { builder.build({ validation: false }).save(sink) }))
  const root = work.path('root')
  const failed = await msikit('install', file, '--root', root)
  assert.equal(failed.status, 1603 % 256)
  assert.match(failed.stderr, /Action: Look, entry: Entry, library: code.*1603\)\n.*`--custom-actions skip` installs without it\.\nAction Look failed; everything done before was taken back/)
  const skipped = await msikit('install', file, '--root', root, '--custom-actions', 'skip')
  assert.equal(skipped.status, 0, skipped.stderr)
  assert.match(skipped.stdout, /^installed /)
})

test('several packages are installed together or not at all', async () => {
  const build = (name: string, fails = false): string => {
    const builder = aPackage({ name })
    builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder(name), `${name}.txt`, name)
    if (fails) builder.customAction('Fail', failWith(`${name} does not want to`), { at: { before: 'InstallFinalize' } })
    return work.write(`${name}.msi`, bytesOf((sink) => { builder.build({ validation: false }).save(sink) }))
  }
  const [one, two, bad] = [build('One'), build('Two'), build('Bad', true)]
  const root = work.path('together')
  const failed = await msikit('install', one, bad, two, '--root', root)
  assert.equal(failed.status, 1603 % 256)
  assert.match(failed.stderr, /Bad does not want to/)
  assert.equal(failed.stdout, '')
  assert.equal(JSON.parse((await msikit('list', '--root', root, '--json')).stdout).length, 0)
  const done = await msikit('install', one, two, 'ALLUSERS=1', '--root', root)
  assert.equal(done.status, 0, done.stderr)
  assert.match(done.stdout, /^installed One 1\.0\.0 \{.*\}\ninstalled Two 1\.0\.0 \{.*\}\nroot /)
  const again = JSON.parse((await msikit('install', one, two, '--root', root, '--json')).stdout) as { exitCode: number; installed: boolean; packages: { productName: string }[] }
  assert.deepEqual([again.exitCode, again.installed, again.packages.map(({ productName }) => productName)], [0, true, ['One', 'Two']])
  const none = await msikit('install', one, 'missing.msi', '--root', work.path('nowhere'))
  assert.deepEqual([none.status, existsSync(work.path('nowhere'))], [1619 % 256, false])
  assert.equal((await msikit('install', one, 'ADDLOCAL', '--root', root)).status, 2)
})

test('a launch condition that does not hold: which, and what can be given', async () => {
  const builder = aPackage().launchCondition('FRAMEWORK40 OR (NOT "AND" = "X" AND VersionNT < 1)', 'The framework is needed.')
  const file = work.write('condition.msi', bytesOf((sink) => { builder.build({ validation: false }).save(sink) }))
  const failed = await msikit('install', file, '--root', work.path('root'))
  assert.equal(failed.status, 1603 % 256)
  assert.match(failed.stderr, /The framework is needed\. .*1603\)\nThe package asks for this: FRAMEWORK40 OR .*\. Public properties can be given: FRAMEWORK40=…\nAction LaunchConditions failed/)
  assert.equal((await msikit('install', file, '--root', work.path('root'), 'FRAMEWORK40=1')).status, 0)
})
