// Asks a file system that may never answer, from a process that can be given up: neither a thread of ours nor our exit is
// then held. Each path has its own time; what does not answer is left out and the others are asked by a new process.
import { spawn } from 'node:child_process'

export interface FileNumbers {
  readonly device: number
  /** All digits: servers give out numbers that a double cannot hold. */
  readonly inode: bigint
  readonly isDirectory: boolean
}

/** Prints one line for each path of standard input, in order, as it learns it. */
const program = `
const { statSync, readFileSync, writeSync } = require('node:fs')
writeSync(1, 'started\\n')
for (const path of readFileSync(0).toString('latin1').split('\\0').slice(0, -1)) {
  let line = '-'
  try {
    const stat = statSync(Buffer.from(path, 'latin1'), { bigint: true })
    line = stat.dev + ' ' + stat.ino + ' ' + (stat.isDirectory() ? 'd' : 'f')
  } catch {
    // The dash says that there is nothing.
  }
  writeSync(1, line + '\\n')
}`

/** What starting may take on a busy machine; the file system has nothing to do with it. */
const startMs = 5000

/** `undefined` where nothing is there; `'no answer'` where the file system kept silent. */
export async function statRemote(paths: readonly Buffer[], limitMs: number, signal?: AbortSignal): Promise<(FileNumbers | undefined | 'no answer')[]> {
  const answers: (FileNumbers | undefined | 'no answer')[] = []
  let silent = 0
  while (answers.length < paths.length) {
    const batch = await askOnce(paths.slice(answers.length), limitMs, signal)
    answers.push(...batch)
    if (answers.length < paths.length) {
      answers.push('no answer')
      // A second silence is the same dead server's: the rest is not worth its time.
      if (++silent > 1 || signal?.aborted) while (answers.length < paths.length) answers.push('no answer')
    }
  }
  return answers
}

function askOnce(paths: readonly Buffer[], limitMs: number, signal: AbortSignal | undefined): Promise<(FileNumbers | undefined)[]> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'ignore'] })
    let output = ''
    let timer: NodeJS.Timeout | undefined
    const finish = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', finish)
      child.kill('SIGKILL')
      child.unref()
      child.stdout.destroy()
      resolve(output.split('\n').slice(1, -1).slice(0, paths.length).map(parseAnswer))
    }
    const wait = (ms: number) => { clearTimeout(timer); timer = setTimeout(finish, ms) }
    wait(startMs)
    signal?.addEventListener('abort', finish, { once: true })
    child.on('error', finish)
    child.stdout.setEncoding('latin1')
    child.stdout.on('data', (text: string) => { output += text; wait(limitMs) })
    child.stdout.on('end', finish)
    child.stdin.on('error', () => {})
    child.stdin.end(Buffer.concat(paths.flatMap((path) => [path, Buffer.of(0)])))
  })
}

function parseAnswer(line: string): FileNumbers | undefined {
  const [device, inode, kind] = line.split(' ')
  return inode === undefined ? undefined : { device: Number(device), inode: BigInt(inode), isDirectory: kind === 'd' }
}
