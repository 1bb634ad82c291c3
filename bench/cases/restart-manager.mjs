// Who holds a file: `msikit rm list FILE` against lsof, fuser, needrestart and the same walk through /proc in C.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export function cases(inputs) {
  const held = join(inputs.scratch, 'held.txt')
  const walker = join(inputs.cache, 'walk-proc')
  let holder
  return [{
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

function compileWalker(inputs, walker) {
  if (existsSync(walker)) return false
  if (inputs.without('cc')) return inputs.without('cc')
  const { status } = spawnSync('cc', ['-O2', '-o', walker, join(inputs.programs, 'walk-proc.c')])
  return status === 0 ? false : 'walk-proc.c does not compile here'
}
