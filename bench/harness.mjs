// Runs one case: all contenders in turn, round by round, so that a change of the machine's load meets them alike. What
// counts is the median over the rounds of peer divided by ours, each pair measured within the same round. Times are of
// whole processes; CPU time (user and system) needs /usr/bin/time.
//
// A case:  { title, ours, peers, goal?, rounds?, skip?, before?, after?, floor? }
//   ours, peers[]   contenders: { name, command, env?, cwd?, status?, skip?, timeoutSeconds? }
//   elapsed         instead of a command: measures itself and returns seconds, for what does not start anew each time
//   command         (folder) => [program, ...arguments]; `folder` is fresh, empty and removed after each run
//   goal            what is aimed at, in words, printed beside the result
//   floor           a contender whose time is subtracted: the case is then about the difference, in milliseconds
//   warmUp          false: every round counts, for peers that take minutes
//   before, after   called once round the whole case, untimed; `skip` is a reason or a function that gives one
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const defaultRounds = 7
const timeProgram = '/usr/bin/time'
/** Node.js reads these certificates, some 140 where it is set to all of the system's, before it runs anything: 60 ms that have to do with nothing here. */
const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env

export function runCase(one, { rounds = one.rounds ?? defaultRounds, scratch }) {
  const base = { title: one.title, goal: one.goal ?? '', contenders: [] }
  const reason = typeof one.skip === 'function' ? one.skip() : one.skip
  if (reason) return { ...base, skipped: reason }
  const all = [one.ours, ...(one.floor === undefined ? [] : [one.floor]), ...one.peers]
  const present = all.filter((contender) => !contender.skip)
  if (one.ours.skip) return { ...base, skipped: one.ours.skip }
  const times = new Map(present.map((contender) => [contender, []]))
  try {
    one.before?.()
    for (let round = one.warmUp === false ? 0 : -1; round < rounds; round++) {
      // Every round begins with another contender; the first one warms caches up and is not counted.
      const shift = Math.max(0, round) % present.length
      for (const contender of [...present.slice(shift), ...present.slice(0, shift)]) {
        const time = runOnce(contender, scratch)
        if (round >= 0) times.get(contender).push(time)
      }
    }
  } catch (error) {
    return { ...base, failed: error instanceof Error ? error.message : String(error) }
  } finally {
    one.after?.()
  }
  const describe = (contender) => summarise(contender, times.get(contender), times.get(one.ours))
  const contenders = all.map((contender) => contender.skip ? { name: contender.name, skipped: contender.skip } : describe(contender))
  if (one.floor === undefined || one.floor.skip) return { ...base, rounds, contenders }
  const over = times.get(one.ours).map(({ wall }, round) => (wall - times.get(one.floor)[round].wall) * 1000)
  return { ...base, rounds, contenders, overFloorMs: median(over) }
}

function runOnce(contender, scratch) {
  if (contender.elapsed !== undefined) return { wall: contender.elapsed() }
  const folder = join(scratch, 'run')
  const report = join(scratch, 'time')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const command = contender.command(folder)
  const measured = existsSync(timeProgram) ? [timeProgram, '-f', '%U %S %M', '-o', report, ...command] : command
  // Into a file, not a pipe: services that a program starts keep it open, and we would wait for them.
  const messages = openSync(join(scratch, 'messages'), 'w')
  const start = process.hrtime.bigint()
  const { status, error } = spawnSync(measured[0], measured.slice(1), { cwd: contender.cwd, env: { ...environment, ...contender.env },
    stdio: ['ignore', 'ignore', messages], timeout: (contender.timeoutSeconds ?? 300) * 1000 })
  const wall = Number(process.hrtime.bigint() - start) / 1e9
  closeSync(messages)
  const stderr = readFileSync(join(scratch, 'messages'), 'utf8')
  if (error !== undefined) throw error
  if (status !== (contender.status ?? 0)) throw new Error(`${contender.name}: status ${status}: ${command.join(' ')}\n${stderr.slice(0, 500)}`)
  contender.check?.(folder)
  rmSync(folder, { recursive: true, force: true })
  if (!existsSync(timeProgram)) return { wall }
  const [user, system, kibibytes] = readFileSync(report, 'utf8').trim().split('\n').at(-1).split(' ').map(Number)
  return { wall, cpu: user + system, memory: kibibytes * 1024 }
}

function summarise(contender, times, ours) {
  const walls = times.map(({ wall }) => wall)
  const ratios = times.map(({ wall }, round) => wall / ours[round].wall)
  const cpu = times[0].cpu === undefined || ours[0].cpu === undefined ? undefined : {
    cpu: median(times.map((time) => time.cpu)), memory: Math.max(...times.map(({ memory }) => memory)),
    cpuRatio: median(times.map((time, round) => time.cpu / ours[round].cpu)),
  }
  return { name: contender.name, wall: median(walls), least: Math.min(...walls), ...cpu,
    ratio: median(ratios), ratioRange: [Math.min(...ratios), Math.max(...ratios)] }
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
