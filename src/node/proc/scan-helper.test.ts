import { strict as assert } from 'node:assert'
import { statSync } from 'node:fs'
import { test } from 'node:test'
import { PidShare } from './pid-share.ts'
import { ProcReader } from './read.ts'
import { ScanHelper, type LookJob } from './scan-helper.ts'
import { scanFiles } from './scanner.ts'
import { StatShare } from './stat-share.ts'
import type { TargetNumbers } from './targets.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'this system has no /proc' }
const always = () => true

/** This program runs the executable that is looked for. */
function job(targets?: TargetNumbers): Omit<LookJob, 'id'> {
  const { dev, ino } = statSync(process.execPath)
  const pids = [process.pid, process.ppid]
  const numbers: TargetNumbers = { triples: Float64Array.of(0, dev, ino), exactInodes: new Map(), scripts: new Set(), remote: 'none' }
  return { targets: targets ?? numbers, options: { deep: false, startedTicks: Infinity }, pids, share: new PidShare(pids).buffer }
}

test('processes are taken once, and whoever comes after all are taken does not help', () => {
  const pids = Array.from({ length: 20 }, (_, index) => index)
  const [one, other] = [new PidShare(pids), new PidShare([])]
  const same = new PidShare(pids, one.buffer)
  assert.equal(same.join(), true)
  assert.deepEqual([...one.take(), ...same.take(), ...one.take(), ...same.take(), ...same.takeAll()], pids)
  assert.equal(one.close(), true)
  assert.deepEqual([other.close(), new PidShare([], other.buffer).join()], [false, false])
})

test('a helper sees what the caller would have seen', linux, async () => {
  const helper = new ScanHelper(always)
  const sightings = await helper.join(2, new ProcReader())?.look(job())()
  assert.deepEqual(sightings?.find(({ pid }) => pid === process.pid)?.uses, new Map([[0, 'executable']]))
  const late = job()
  assert.equal(new PidShare([], late.share).close(), false)
  assert.deepEqual(await helper.join(2, new ProcReader())?.look(late)(), [])
})

test('a helper asks for files as well, when there are many', linux, async () => {
  const help = new ScanHelper(always).join(2, new ProcReader())
  const { dev, ino, mode } = statSync(process.execPath)
  for (const [count, isAsked] of [[600, true], [60, false]] as const) {
    const files = Array.from({ length: count }, () => process.execPath)
    const share = new StatShare(files)
    help?.stat(files, share)
    await help?.look(job())()
    assert.equal(share.askSome(), !isAsked)
    assert.deepEqual(share.result().slice(-3), Float64Array.of(dev, ino, mode))
  }
})

test('a helper that fails says so, and is not asked again', linux, async () => {
  const helper = new ScanHelper(always)
  assert.equal(await helper.join(2, new ProcReader())?.look(job({} as TargetNumbers))(), undefined)
  assert.equal(helper.join(2, new ProcReader()), undefined)
})

test('what a failed helper had taken is looked at by the caller', linux, async () => {
  const failing = new ScanHelper(always)
  failing.join = () => ({
    stat: () => {},
    look: ({ pids, share }) => {
      const taken = new PidShare(pids, share)
      taken.join()
      taken.takeAll()
      return () => Promise.resolve(undefined)
    },
  })
  const { users, blind } = await scanFiles([process.execPath], {}, failing)
  assert.ok(users.some(({ process: { pid } }) => pid === process.pid))
  assert.ok(!blind.some(({ why }) => why.includes('time')))
})
