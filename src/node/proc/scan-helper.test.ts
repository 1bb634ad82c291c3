import { strict as assert } from 'node:assert'
import { statSync } from 'node:fs'
import { test } from 'node:test'
import { PidShare } from './pid-share.ts'
import { ProcReader } from './read.ts'
import { ScanHelper, type ScanJob } from './scan-helper.ts'
import { scanFiles } from './scanner.ts'
import type { TargetNumbers } from './targets.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'this system has no /proc' }
const always = () => true

/** This program runs the executable that is looked for. */
function job(targets?: TargetNumbers): Omit<ScanJob, 'id'> {
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
  const sightings = await helper.ask(job(), new ProcReader())?.()
  assert.deepEqual(sightings?.find(({ pid }) => pid === process.pid)?.uses, new Map([[0, 'executable']]))
  const late = job()
  assert.equal(new PidShare([], late.share).close(), false)
  assert.deepEqual(await helper.ask(late, new ProcReader())?.(), [])
})

test('a helper that fails says so, and is not asked again', linux, async () => {
  const helper = new ScanHelper(always)
  assert.equal(await helper.ask(job({} as TargetNumbers), new ProcReader())?.(), undefined)
  assert.equal(helper.ask(job(), new ProcReader()), undefined)
})

test('what a failed helper had taken is looked at by the caller', linux, async () => {
  const failing = new ScanHelper(always)
  failing.ask = ({ pids, share }) => {
    const taken = new PidShare(pids, share)
    taken.join()
    taken.takeAll()
    return () => Promise.resolve(undefined)
  }
  const { users, blind } = await scanFiles([process.execPath], {}, failing)
  assert.ok(users.some(({ process: { pid } }) => pid === process.pid))
  assert.ok(!blind.some(({ why }) => why.includes('time')))
})
