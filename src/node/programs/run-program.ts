// Runs a program to its end, within its time: it leads a process group of its own, and when the time is over the group
// and every descendant that can still be found are ended. Output is kept from the end.
import { spawn, type ChildProcess } from 'node:child_process'
import { accessSync, chmodSync, constants, statSync } from 'node:fs'
import { constants as systemConstants } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { ProcessIdentity, ProgramResult, ProgramSpec } from '../../platform/index.ts'
import { ProcessClock } from '../proc/process-stat.ts'
import { processNumbers } from '../proc/read.ts'
import { canRunFile } from './executable-format.ts'

const keptOutputBytes = 64 * 1024
/** Output that a program's own background processes may still write after its end. */
const drainMs = 200
/** Between asking a group to end and killing it. */
const graceMs = 300

export async function runProgram(program: ProgramSpec): Promise<ProgramResult> {
  if (program.signal?.aborted) return { outcome: 'cancelled', exitCode: 0, output: '' }
  makeExecutable(program.file)
  for (let attempt = 0; ; attempt++) {
    try {
      return await runOnce(program)
    } catch (error) {
      // A file just written may still be open for writing in a process that is being forked from this one.
      if ((error as NodeJS.ErrnoException).code !== 'ETXTBSY' || attempt === 5) return { outcome: 'not-started', exitCode: 0, output: '', problem: describe(error) }
      await pause(20 << attempt)
    }
  }
}

/** Every file may be run on Windows, so those that packages bring carry no such permission. */
function makeExecutable(file: string): void {
  if (process.platform === 'win32' || !file.includes('/') || !canRunFile(file)) return
  try {
    accessSync(file, constants.X_OK)
    if ((statSync(file).mode & 0o111) !== 0) return
  } catch {
    // Not executable for us: try to make it so.
  }
  try {
    chmodSync(file, statSync(file).mode | 0o111)
  } catch {
    // Starting it will say why not.
  }
}

function runOnce({ file, args, workingDirectory, environment, timeLimitMs, signal, letGo = false }: ProgramSpec): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      detached: true, stdio: letGo ? 'ignore' : ['ignore', 'pipe', 'pipe'], ...(workingDirectory === undefined ? {} : { cwd: workingDirectory }),
      env: { ...process.env, ...environment },
    })
    const output = new OutputTail()
    let ending: 'timed-out' | 'cancelled' | undefined
    const end = (why: 'timed-out' | 'cancelled') => {
      ending ??= why
      endTree(child)
    }
    const cancel = () => end('cancelled')
    const timer = letGo ? undefined : setTimeout(end, Math.min(timeLimitMs, 0x7fff_ffff), 'timed-out')
    if (letGo) child.unref()
    else signal?.addEventListener('abort', cancel, { once: true })
    const release = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
    }
    child.once('error', (error) => { release(); reject(error) })
    child.stdout?.on('data', (chunk: Buffer) => output.add(chunk))
    child.stderr?.on('data', (chunk: Buffer) => output.add(chunk))
    child.once('exit', async (code, ended) => {
      release()
      await drained(child)
      const exitCode = code ?? 128 + (ended ? systemConstants.signals[ended] : 0)
      resolve({ outcome: ending ?? 'exited', exitCode, output: output.text() })
    })
  })
}

async function drained(child: ChildProcess): Promise<void> {
  const closed = new Promise<void>((resolve) => { child.once('close', () => resolve()) })
  await Promise.race([closed, pause(drainMs, undefined, { ref: false })])
  child.stdout?.destroy()
  child.stderr?.destroy()
}

/** The group at once, then whatever has left it; first asked, then killed. */
function endTree(child: ChildProcess): void {
  const pid = child.pid
  if (pid === undefined) return
  const clock = new ProcessClock()
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  let tree = descendants([pid], clock)
  const send = (signal: NodeJS.Signals) => {
    if (!isOver()) sendSignal(-pid, signal)
    for (const process of tree) if (clock.isRunning(process)) sendSignal(process.pid, signal)
  }
  send('SIGTERM')
  setTimeout(() => {
    // The number may be another's by now, unless something of the tree still has it.
    const left = tree.filter((process) => clock.isRunning(process)).map((process) => process.pid)
    tree = descendants(isOver() ? left : [pid, ...left], clock)
    send('SIGKILL')
  }, graceMs)
}

/** These processes, everything they have started, and who shares a group with them. */
function descendants(roots: readonly number[], clock: ProcessClock): ProcessIdentity[] {
  if (process.platform !== 'linux') return []
  const stats = processNumbers().flatMap((number) => clock.stat(number) ?? [])
  const found = new Set(roots)
  for (let size = 0; size < found.size;) {
    size = found.size
    for (const stat of stats) if (found.has(stat.parentPid)) found.add(stat.pid)
  }
  const ownGroup = stats.find((stat) => stat.pid === process.pid)?.processGroup
  const groups = new Set(stats.filter((stat) => found.has(stat.pid)).map((stat) => stat.processGroup))
  return stats.filter((stat) => found.has(stat.pid) || (groups.has(stat.processGroup) && stat.processGroup !== ownGroup)).map((stat) => clock.identity(stat))
}

function sendSignal(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal)
  } catch {
    // It has ended meanwhile.
  }
}

class OutputTail {
  #chunks: Buffer[] = []
  #length = 0

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    if (this.#length > keptOutputBytes * 4) {
      this.#chunks = [this.#bytes()]
      this.#length = this.#chunks[0]!.length
    }
  }

  text(): string {
    return this.#bytes().toString('utf8')
  }

  #bytes(): Buffer {
    return Buffer.concat(this.#chunks).subarray(-keptOutputBytes)
  }
}

function describe(error: unknown): string {
  const { code, path, message } = error as NodeJS.ErrnoException
  return code === 'ENOENT' ? `${path ?? 'the program'} was not found` : message
}
