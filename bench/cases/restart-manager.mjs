// Who holds a file: `msikit rm list FILE` against lsof, fuser, needrestart and the same walk through /proc in C.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export function cases(inputs) {
  const held = join(inputs.scratch, 'held.txt')
  const walker = join(inputs.cache, 'walk-proc')
  let holder
  return [...manyFiles(inputs), closing(inputs), {
    title: 'find the processes that hold a file', rounds: 11,
    before: () => {
      writeFileSync(held, 'held')
      holder = spawn(process.execPath, ['-e', `require('fs').openSync(${JSON.stringify(held)}); setTimeout(() => {}, 300000)`], { stdio: 'ignore' })
    },
    after: () => { holder?.kill() },
    ours: { ...inputs.ours('rm'), command: () => [inputs.node, inputs.msikit, 'rm', 'list', held] },
    floor: { name: 'node -e 0', command: () => [inputs.node, '-e', '0'] },
    peers: [
      { name: 'lsof FILE', skip: inputs.without('lsof'), command: () => ['lsof', held] },
      { name: 'fuser FILE', skip: inputs.without('fuser'), command: () => ['fuser', held] },
      { name: 'needrestart -b', skip: inputs.without('needrestart'), command: () => ['needrestart', '-b', '-r', 'l'] },
      { name: 'walk of /proc in C', skip: compileWalker(inputs, walker), command: () => [walker, held] },
    ],
  }]
}

const holders = 300
const filesEach = 20

/**
 * 300 processes with 20 of 5,000 files each; the library is called in a process that runs already, the tools start anew. That the
 * command is no slower than lsof for one file holds here, where lsof has something to do. With few processes on the machine, as in
 * the case of one holder, lsof is done before Node.js has started: `node -e 0` alone takes longer.
 */
function manyFiles(inputs) {
  const folder = join(inputs.scratch, 'held')
  const list = join(inputs.scratch, 'held-files')
  const path = (index) => join(folder, String(index))
  const walk = join(inputs.cache, 'scan-proc')
  let shell
  const before = () => {
    mkdirSync(folder, { recursive: true })
    for (let index = 0; index < 5000; index++) writeFileSync(path(index), '')
    // A parent of their own, which reaps them: what is measured next must not find hundreds of zombies.
    const script = `trap 'kill -9 $(jobs -p); wait; exit' TERM
      for ((p = 0; p < ${holders}; p++)); do
        (for ((f = 0; f < ${filesEach}; f++)); do exec {fd}<"$0/$(((p * ${filesEach} + f) % 5000))"; done; exec 8<> <(:); read -r -u 8) &
      done
      wait`
    shell = spawn('bash', ['-c', script, folder], { stdio: 'ignore' })
    spawnSync('sleep', ['2'])
  }
  const after = () => {
    shell.kill()
    spawnSync('sleep', ['1'])
  }
  const files = (count) => Array.from({ length: count }, (_, index) => path(index))
  const goals = { 1: '1.4 times the walk in C', 100: '1.4 times the walk in C', 5000: '1.7 times the walk in C; 5 times faster than fuser, 18 than lsof, 10 than needrestart' }
  return [1, 100, 5000].map((count) => ({
    title: `find who holds ${count} of the files that ${holders} processes hold, ${filesEach} each`, goal: goals[count], rounds: 5, before, after,
    ours: { name: 'msikit/node, library call', elapsed: () => {
      writeFileSync(list, files(count).join('\n'))
      return Number(spawnSync(process.execPath, [join(inputs.programs, 'scan-files.mjs'), list], { encoding: 'utf8' }).stdout)
    } },
    peers: [
      { name: 'walk of /proc in C, no matching', skip: compile(inputs, walk, 'scan-proc.c'), command: () => [walk] },
      { name: 'msikit rm list', ...inputs.ours('rm'), command: () => [inputs.node, inputs.msikit, 'rm', 'list', '--json', ...files(count)] },
      { name: 'fuser', skip: inputs.without('fuser'), command: () => ['fuser', '-s', ...files(count)] },
      { name: 'lsof -nPw', skip: inputs.without('lsof'), command: () => ['lsof', '-nPw', ...files(count)] },
      ...(count < 5000 ? [] : [{ name: 'needrestart -b', skip: inputs.without('needrestart'), command: () => ['needrestart', '-b', '-r', 'l'] }]),
    ],
  }))
}

function closing(inputs) {
  const measure = (way) => () => Number(spawnSync(process.execPath, [join(inputs.programs, 'close-many.mjs'), way], { encoding: 'utf8' }).stdout)
  return {
    title: 'close 50 cooperative processes', goal: 'at most 100 ms more than their own exit', rounds: 7,
    ours: { name: 'session.shutdown()', elapsed: measure('shutdown') },
    floor: { name: 'signal them and wait', elapsed: measure('signal') }, peers: [],
  }
}

function compileWalker(inputs, walker) {
  return compile(inputs, walker, 'walk-proc.c')
}

function compile(inputs, walker, source) {
  if (existsSync(walker)) return false
  if (inputs.without('cc')) return inputs.without('cc')
  const { status } = spawnSync('cc', ['-O2', '-o', walker, join(inputs.programs, source)])
  return status === 0 ? false : `${source} does not compile here`
}
