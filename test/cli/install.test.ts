// What `install` says when it ends badly: what is wrong, where, and what to do.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { callLibrary } from 'msikit/authoring'
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
