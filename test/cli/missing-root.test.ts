// Commands that change what is installed do not make a root only to find that nothing is installed in it.
import { strict as assert } from 'node:assert'
import { existsSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { aPackage, bytesOf } from '../../dist/testing/index.js'
import { createDatabase } from '../../dist/database/index.js'
import { msikit, Work } from './in-process.js'

const work = new Work()
const code = '{55717628-7AE6-4BCF-A046-FA2768945E76}'

for (const words of [['repair', code], ['uninstall', code], ['repair', 'No such product'], ['uninstall', 'P'], ['repair', 'P', '--mode', 'amus'], ['msiexec', '/x', 'P', '/qn'], ['msiexec', '/fa', code], ['msiexec', '/i', code, '/qn']] as const) {
  test(`${words.join(' ')}: 1605, and the root is not made`, async () => {
    const root = work.path('deep', 'root')
    const file = work.write('package.msi', bytesOf((sink) => { aPackage().build({ validation: false }).save(sink) }))
    const { status, stderr } = await msikit(...words.map((word) => word === 'P' ? file : word), ...words[0] === 'msiexec' ? [`--root=${root}`] : ['--root', root])
    assert.equal(status, 1605 % 256, stderr)
    assert.match(stderr, /ERROR_UNKNOWN_PRODUCT|1605/)
    assert.ok(!existsSync(work.path('deep')))
    assert.deepEqual(readdirSync(work.folder), ['package.msi'])
  })
}

test('an installation that fails makes no root where none was, and says where features are told', async () => {
  const file = work.write('package.msi', bytesOf((sink) => { aPackage().build({ validation: false }).save(sink) }))
  const { status, stderr } = await msikit('install', file, 'ADDLOCAL=Nobody', '--root', work.path('deep', 'root'))
  assert.equal(status, 1603 % 256)
  assert.match(stderr, /Nobody.*\n`msikit info FILE` shows the features/)
  assert.ok(!existsSync(work.path('deep')))
  const { status: usage } = await msikit('install', file, '--installer-version', 'new', '--root', work.path('deep'))
  assert.equal(usage, 2)
})

const kinds: readonly (readonly [kind: string, classId: string, name: string])[] = [
  ['patch', '{000C1086-0000-0000-C000-000000000046}', 'a.msp'], ['transform', '{000C1082-0000-0000-C000-000000000046}', 'a.mst'],
]
for (const [kind, classId, name] of kinds) {
  for (const words of [['install', 'P'], ['plan', 'P'], ['admin', 'P'], ['msiexec', '/i', 'P', '/qn']] as const) {
    test(`${words.join(' ')} with a ${kind}: 1620 with what the file is and what to do with it, and the root is not made`, async () => {
      const file = work.save(name, createDatabase({ classId }))
      const { status, stderr } = await msikit(...words.map((word) => word === 'P' ? file : word), `--root=${work.path('deep', 'root')}`)
      assert.equal(status, 1620 % 256)
      assert.match(stderr, new RegExp(`${name}: expected a package that can be installed, found a ${kind} .*1620\\)\\n.+\`msikit`))
      assert.ok(!existsSync(work.path('deep')))
    })
  }
}
