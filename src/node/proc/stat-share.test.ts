import { strict as assert } from 'node:assert'
import { statSync } from 'node:fs'
import { test } from 'node:test'
import type { HostPath } from '../../platform/index.ts'
import { MountTable } from './mounts.ts'
import { StatShare } from './stat-share.ts'
import { findTargets } from './targets.ts'

const { dev, ino, mode } = statSync(process.execPath)
const kinds: readonly (HostPath | undefined)[] = [process.execPath, '/nowhere/at/all', Buffer.from(process.execPath), undefined, 'a\0b']
const numbersOfKinds = [dev, ino, mode, 0, 0, 0, dev, ino, mode, 0, 0, 0, 0, 0, 0]
const times = 60

test('what two threads have asked for is there by file, and what neither has finished is asked for at last', () => {
  const files = Array.from({ length: times }, () => kinds).flat()
  const one = new StatShare(files)
  const other = new StatShare(files, one.buffer)
  assert.deepEqual([one.askSome(), other.askSome()], [true, true])
  other.close()
  assert.deepEqual([one.askSome(), other.askSome()], [false, false])
  assert.deepEqual([...one.result()], Array.from({ length: times }, () => numbersOfKinds).flat())
})

test('files beyond number do not hold the event loop, and asking for them can be cancelled', async () => {
  const files = Array.from({ length: 20_000 }, () => process.execPath)
  await assert.rejects(findTargets(files, new MountTable(''), 100, AbortSignal.abort()), { code: 'ERROR_CANCELLED' })
})
