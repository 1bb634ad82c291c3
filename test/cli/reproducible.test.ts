// With $SOURCE_DATE_EPOCH the same installation gives the same bytes, hives included.
import { strict as assert } from 'node:assert'
import { mkdirSync, renameSync } from 'node:fs'
import { test } from 'node:test'
import { aPackage } from '../../dist/testing/index.js'
import { Box } from '../bad-input/command.js'

const notOnWindows = { skip: process.platform === 'win32' ? 'needs env(1)' : false }

test('with $SOURCE_DATE_EPOCH, installing again elsewhere gives the same bytes', notOnWindows, () => {
  using box = new Box()
  const builder = aPackage()
  const folder = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  builder.feature('Main').file(folder, 'app.exe', new Uint8Array(1024))
  const file = box.add(builder)
  const contents = (): Map<string, string> => {
    const { status, stderr } = box.runIn(['env', 'SOURCE_DATE_EPOCH=1700000000'], 'install', file)
    assert.equal(status, 0, stderr)
    const found = new Map([...box.digest()].filter(([path]) => path.startsWith('root/')).map(([path, line]) => [path, line.replace(/ \d+$/, '')]))
    renameSync(box.root, box.path(`done${performance.now()}`))
    mkdirSync(box.root)
    return found
  }
  assert.deepEqual(contents(), contents())
})

test('a $SOURCE_DATE_EPOCH that is no time is refused', notOnWindows, () => {
  using box = new Box()
  const { status, stderr } = box.runIn(['env', 'SOURCE_DATE_EPOCH=yesterday'], 'list')
  assert.equal(status, 2)
  assert.match(stderr, /\$SOURCE_DATE_EPOCH: expected seconds since 1970, found "yesterday"/)
})
