// Scenarios 23 to 36: who is found to use a file, and what is said of what could not be seen.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, readlinkSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { needs, pids, pidsOf, programs, repository, Stage, until } from './stage.ts'

const library = readFileSync('/proc/self/maps', 'latin1').match(/\/\S*\/libm\.so\.6$/m)?.[0]

test('23. an open, a mapped and a running file are found; the user of a replaced one only when stale users are asked for', needs(), async (context) => {
  if (!library) return context.skip('no shared library was found to map')
  await using stage = new Stage()
  const [open, mapped, program, replaced] = [stage.file('open'), stage.path('mapped.so'), stage.path('program'), stage.file('replaced')]
  copyFileSync(library, mapped)
  copyFileSync('/bin/sleep', program)
  const holder = await stage.run('holds-file.sh', [open])
  const mapper = await stage.run('maps-file.sh', [mapped])
  const runner = await stage.start(['sh', '-c', 'echo ready; exec "$0" 600', program])
  const stale = await stage.run('holds-file.sh', [replaced])
  renameSync(stage.file('new'), replaced)
  // It has said so before it became the program.
  await until(() => readlinkSync(`/proc/${runner.pid}/exe`) === program)
  await using session = await stage.session(open, mapped, program, replaced)
  const { applications } = await session.list()
  const uses = new Map(applications.map(({ process, files }) => [process.pid, files.map(({ use }) => use).join()]))
  assert.deepEqual(uses, new Map([[holder.pid, 'open'], [mapper.pid, 'mapped'], [runner.pid, 'executable']]))
  const { users } = await stage.processes.scan([replaced], { stale: true })
  assert.deepEqual(users.map(({ process, stale, use }) => [process.pid, stale, use]), [[stale.pid, true, 'open']])
})

test('24. names that look like something else are matched exactly', needs(), async () => {
  await using stage = new Stage()
  const invalid = Buffer.concat([Buffer.from(`${stage.folder}/invalid-`), Buffer.of(0xff, 0xfe)])
  const names = ['x (deleted)', 'line\nfeed', 'back\\012slash', 'n'.repeat(255)].map((name) => stage.path(name))
  writeFileSync(invalid, 'content')
  for (const path of names) writeFileSync(path, 'content')
  const decoys = ['x', 'line\\012feed'].map((name) => stage.file(name))
  const holders = []
  for (const path of names) holders.push(await stage.run('holds-file.sh', [path]))
  const bytes = await stage.start(['bash', '-c', 'cd "$0" && for file in invalid-*; do exec 10<"$file"; done; exec 8<> <(:); wait $!; echo ready; read -u 8', stage.folder])
  for (const [index, path] of names.entries()) {
    await using session = await stage.session(path)
    assert.deepEqual(pids((await session.list()).applications), [holders[index]!.pid], path)
  }
  await using session = await stage.session(invalid)
  assert.deepEqual(pids((await session.list()).applications), [bytes.pid])
  await using none = await stage.session(...decoys)
  assert.deepEqual((await none.list()).applications, [])
  assert.deepEqual((await stage.processes.scan(decoys, { stale: true })).users, [])
})

test('25. a user in another mount namespace, through a bind mount that is not seen from here', needs('root', 'namespaces'), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const place = stage.directory('place')
  const holder = await stage.start(['unshare', '-m', 'bash', '-c', `mount --bind "$0" "$1" && exec bash "${programs}/holds-file.sh" "$1/data"`, stage.folder, place])
  assert.throws(() => statSync(stage.path('place/data')))
  await using session = await stage.session(file)
  assert.deepEqual(pids((await session.list()).applications), [holder.pid])
})

test('26. a user in a root of its own', needs('root', 'namespaces'), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const root = stage.directory('root')
  const holder = await stage.start(['unshare', '-m', 'bash', '-c',
    `mount --rbind / "$0" && exec chroot "$0" bash -c 'exec 10<"$0"; exec 8<> <(:); wait $!; echo ready; read -u 8' "$1"`, root, file])
  await using session = await stage.session(file)
  assert.deepEqual(pids((await session.list()).applications), [holder.pid])
})

test('27. a container\'s own copy of a file is another file, also when its inode has the same number', needs('root', 'namespaces'), async (context) => {
  await using stage = new Stage()
  stage.directory('lower')
  const file = stage.path('lower/data')
  copyFileSync('/bin/sleep', file)
  for (const name of ['upper', 'work', 'merged']) stage.directory(name)
  const script = `mount -t overlay overlay -o lowerdir="$0/lower",upperdir="$0/upper",workdir="$0/work" "$0/merged" || exit 1
touch "$0/merged/data"; stat -c 'inode %i' "$0/merged/data"; exec 10<"$0/merged/data"; exec 8<> <(:); wait $!; echo ready; read -u 8`
  let container
  try {
    container = await stage.start(['unshare', '-m', 'bash', '-c', script, stage.folder])
  } catch (error) {
    return context.skip(`an overlay cannot be mounted here: ${(error as Error).message.split('\n')[0]}`)
  }
  const inode = Number(/inode (\d+)/.exec(container.output())![1])
  if (inode !== statSync(file).ino) context.diagnostic('the overlay gave its copy another number')
  const host = await stage.run('holds-file.sh', [file])
  await using session = await stage.session(file)
  assert.deepEqual(pids((await session.list()).applications), [host.pid])
})

test('28. a process whose first thread has ended holds the file through another', needs('python'), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const holder = await stage.run('threads.py', ['leader', file])
  await until(() => isZombie(holder.pid))
  await using session = await stage.session(file)
  assert.deepEqual(pids((await session.list()).applications), [holder.pid])
})

test('29. a zombie holds nothing', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  // The parent becomes a program that never asks after its child.
  const parent = await stage.start(['bash', '-c', '(exec 10<"$0"; exec 8<> <(:); wait $!; echo "child $BASHPID ready"; read -r -u 8) & exec sleep 600', file])
  await until(() => readlinkSync(`/proc/${parent.pid}/exe`).endsWith('sleep'))
  const child = Number(/child (\d+)/.exec(parent.output())![1])
  await using session = await stage.session(file)
  assert.deepEqual(pids((await session.list()).applications), [child])
  stage.adopt(child)
  process.kill(child, 'SIGKILL')
  await until(() => isZombie(child))
  assert.deepEqual((await session.list()).applications, [])
})

function isZombie(pid: number): boolean {
  return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
}

test('30. a thread with a descriptor table of its own is seen in deep mode', needs('python'), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const holder = await stage.run('threads.py', ['table', file])
  assert.deepEqual((await stage.processes.scan([file])).users, [])
  const { users } = await stage.processes.scan([file], { deep: true })
  assert.deepEqual(users.map(({ process }) => process.pid), [holder.pid])
})

test('31. inodes beyond 2^53 that differ in their last digit alone are not mistaken for one another', needs('root', 'fuse', 'python'), async (context) => {
  await using stage = new Stage()
  const place = stage.directory('wide')
  let holder
  try {
    holder = await stage.run('wide-inodes.py', [place])
  } catch (error) {
    return context.skip((error as Error).message)
  }
  try {
    const inodes = ['even', 'odd'].map((name) => spawnSync('stat', ['-c', '%i', `${place}/${name}`], { encoding: 'utf8' }).stdout.trim())
    assert.deepEqual(inodes, [String(2n ** 53n), String(2n ** 53n + 1n)])
    const { users } = await stage.processes.scan([`${place}/odd`, `${place}/even`])
    assert.deepEqual(users.map(({ process, file }) => [process.pid, file]), [[holder.pid, 1]])
  } finally {
    holder.child.kill('SIGKILL')
    await holder.ended
    spawnSync('umount', ['-l', place])
  }
})

test('32. a user without rights is told of whom nothing could be seen', needs('root'), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const holder = await stage.run('holds-file.sh', [file])
  const seen = spawnSync(process.execPath, ['--input-type=module', '-e', `import { HostProcesses } from 'msikit/node'
const { users, blind } = await new HostProcesses().scan([${JSON.stringify(file)}])
console.log(JSON.stringify({ users: users.length, blind: blind.map(({ pid }) => pid) }))`], { cwd: repository, encoding: 'utf8', uid: 65534 })
  const { users, blind } = JSON.parse(seen.stdout) as { users: number; blind: number[] }
  assert.equal(users, 0)
  assert.ok(blind.includes(holder.pid))
})

test('32. that a file is in use is seen even where its user cannot be', needs('root', 'perl'), async () => {
  await using stage = new Stage()
  const [used, free] = [stage.file('used'), stage.file('free')]
  for (const file of [used, free]) chownSync(file, 65534, 65534)
  await stage.run('holds-file.sh', [used])
  const seen = spawnSync(process.execPath, ['--input-type=module', '-e', `import { HostProcesses } from 'msikit/node'
const { blind } = await new HostProcesses().scan(${JSON.stringify([free, used])})
console.log(JSON.stringify(blind.filter(({ pid }) => pid === 0)))`], { cwd: repository, encoding: 'utf8', uid: 65534, gid: 65534 })
  assert.deepEqual(JSON.parse(seen.stdout), [{ pid: 0, name: used, why: 'a process that cannot be seen uses it' }])
})

test('33. processes that come and go during the scan do not disturb it', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const holder = await stage.run('holds-file.sh', [file])
  const busy = await stage.start(['bash', '-c', 'echo ready; for ((i = 0; i < 100000; i++)); do (exec 10<"$0"); done', file])
  for (let round = 0; round < 20; round++) {
    const { users } = await stage.processes.scan([file])
    assert.ok(users.some(({ process }) => process.pid === holder.pid))
  }
  assert.ok(stage.isRunning(busy.identity))
})

test('34. a file system that does not answer stops neither the scan nor the event loop', needs('root', 'fuse', 'python'), async (context) => {
  await using stage = new Stage()
  const place = stage.directory('hangs')
  const file = stage.file('data')
  const holder = await stage.run('holds-file.sh', [file])
  let hanging
  try {
    hanging = await stage.run('hangs-file-system.py', [place])
  } catch (error) {
    return context.skip((error as Error).message)
  }
  try {
    // What a scan takes on this machine as busy as it is now, without what hangs.
    const elapsed = async (files: readonly string[]) => {
      const started = performance.now()
      const result = await stage.processes.scan(files)
      return { ...result, ms: performance.now() - started }
    }
    const control = await elapsed([file])
    let beats = 0
    const beat = setInterval(() => { beats++ }, 5)
    const { users, blind, ms } = await elapsed([file, `${place}/file`])
    clearInterval(beat)
    // Without an end of its own it would never have come back; what it took is a matter of how busy the machine is.
    assert.ok(ms - control.ms < 10_000, `${ms} ms, and ${control.ms} ms without the file system that hangs`)
    // It waits for some 400 ms at least; held up by the file system the loop would not have turned at all.
    assert.ok(beats >= 10, `the event loop turned ${beats} times in ${ms} ms`)
    assert.deepEqual(users.map(({ process }) => process.pid), [holder.pid])
    assert.ok(blind.some(({ why }) => why.includes('does not answer')))
    assert.deepEqual(pidsOf([holder]), control.users.map(({ process }) => process.pid))
  } finally {
    hanging.child.kill('SIGKILL')
    await hanging.ended
    spawnSync('umount', ['-l', place])
  }
})

test('35. a script that its interpreter has read is a hint, not a use', needs('python'), async () => {
  await using stage = new Stage()
  const script = stage.file('server.py', 'import time\nprint("ready", flush=True)\ntime.sleep(600)\n')
  const runner = await stage.start(['python3', 'server.py'])
  await using session = await stage.session(script)
  const { applications, possible } = await session.list()
  assert.deepEqual(applications, [])
  assert.deepEqual(possible.map(({ process, path }) => [process.pid, path]), [[runner.pid, script]])
})

test('36. 5,000 files in 300 processes give the exact 6,000 pairs', needs(), async () => {
  await using stage = new Stage()
  mkdirSync(stage.path('many'))
  const files = Array.from({ length: 5000 }, (_, index) => stage.file(`many/${index}`, ''))
  // Forks of one program. The time is the bench's affair.
  const holders = await stage.start(['bash', '-c', `cd many; exec 8<> <(:); wait $!
for ((process = 0; process < 300; process++)); do
  ( for ((file = 0; file < 20; file++)); do exec {fd}<"$(((process * 20 + file) % 5000))"; done; echo "$BASHPID $process"; read -r -u 8 ) &
done
echo ready; wait`])
  const told = () => [...holders.output().matchAll(/^(\d+) (\d+)$/gm)].map((line) => [Number(line[1]), Number(line[2])] as const)
  await until(() => told().length === 300)
  for (const [pid] of told()) stage.adopt(pid)
  const expected = told().flatMap(([pid, index]) => Array.from({ length: 20 }, (_, offset) => `${pid} ${(index * 20 + offset) % 5000}`)).sort()
  // The second scan may be done by two threads.
  for (let round = 0; round < 2; round++) {
    const { users, blind } = await stage.processes.scan(files)
    assert.deepEqual(users.map(({ process, file }) => `${process.pid} ${file}`).sort(), expected)
    assert.ok(blind.every(({ pid }) => told().every(([known]) => known !== pid)))
  }
})

test('a file of another owner that may not be read is still found by its user', needs('root'), async () => {
  await using stage = new Stage()
  const file = stage.file('secret')
  const holder = await stage.run('holds-file.sh', [file])
  chmodSync(file, 0)
  chownSync(file, 65534, 65534)
  assert.deepEqual((await stage.processes.scan([file])).users.map(({ process }) => process.pid), [holder.pid])
})
