import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseControlGroups } from './facts.ts'
import { pinProcess } from './handle.ts'
import { deviceMajor, deviceNumber, forEachMappedFile, mappedPath, mappedRange, type MapEntry } from './maps.ts'
import { MountTable, MountTables } from './mounts.ts'
import { hasEnded, parseProcessStat, ProcessClock } from './process-stat.ts'
import { ProcReader } from './read.ts'
import { findTargets, Targets } from './targets.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'this system has no /proc' }

const noWindows = async () => 0
const statWith = (state: string, threads: number) => parseProcessStat(`1 (x) ${state} 0 0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 ${threads} 0 1 0`)

test('a command name with parentheses, blanks and line feeds does not shift the fields of stat', () => {
  const fields = 'S 7 8 9 34816 -1 4194304 0 0 0 0 0 0 0 0 20 0 3 0 4711 0'
  for (const name of ['sh', ') S 1 (', 'a b', 'line\nfeed)']) {
    const stat = parseProcessStat(`42 (${name}) ${fields}\n`)
    assert.deepEqual(stat, {
      pid: 42, commandName: name, state: 'S', parentPid: 7, processGroup: 8, session: 9, terminal: 34816, isKernelThread: false, threads: 3, startTicks: '4711',
    })
  }
  assert.equal(parseProcessStat('42 (cut'), undefined)
})

test('a zombie has ended unless it has living threads', () => {
  assert.deepEqual([statWith('S', 1), statWith('Z', 1), statWith('Z', 2), statWith('X', 1)].map(hasEnded), [false, true, false, true])
})

test('mapped files are read with device, inode, range and name, and each once', () => {
  const lines = [
    '55d0c0000000-55d0c0001000 r--p 00000000 fe:00 1234                       /usr/bin/x y',
    '55d0c0001000-55d0c0002000 r-xp 00001000 fe:00 1234                       /usr/bin/x y',
    '7f0000000000-7f0000001000 rw-p 00000000 00:00 0 ',
    '7f0000002000-7f0000003000 rw-s 00000000 00:28 5                          /dev/shm/a\\012b (deleted)',
    '7fffffffe000-800000001000 r--p 100000000 fe:00 6                          /usr/bin/far',
    '7ffff7ff000-7ffff7ffe000 r--p 00000000 fe:00 7                          /usr/bin/low',
    'ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]', '',
  ]
  const bytes = Buffer.from(lines.join('\n'))
  const found: MapEntry[] = []
  forEachMappedFile(bytes, (entry) => found.push(entry))
  assert.deepEqual(found.map((entry) => [entry.device, entry.inode, mappedRange(bytes, entry), mappedPath(bytes, entry)]), [
    [0xfe00, 1234, '55d0c0000000-55d0c0001000', '/usr/bin/x y'],
    [0x28, 5, '7f0000002000-7f0000003000', '/dev/shm/a\nb (deleted)'],
    [0xfe00, 6, '7fffffffe000-800000001000', '/usr/bin/far'],
    [0xfe00, 7, '7ffff7ff000-7ffff7ffe000', '/usr/bin/low'],
  ])
})

test('31. inodes that are the same number once rounded are still two files of maps', () => {
  const inodes = ['9007199254740993', '9007199254740992']
  const bytes = Buffer.from(inodes.map((inode) => `1-2 r--p 0 fe:00 ${inode} /f\n`).join(''))
  let count = 0
  forEachMappedFile(bytes, ({ inode }) => { count++; assert.equal(inode, 9007199254740992) })
  assert.equal(count, 2)
})

test('device numbers are encoded as stat has them, wide ones too', () => {
  assert.equal(deviceNumber(254, 0), 65024)
  assert.equal(BigInt(deviceNumber(0x1001, 0x12345)), 0x1000_1230_0145n)
  assert.equal(deviceMajor(deviceNumber(0x1001, 0x12345)), 0x1001)
})

test('control groups name the service and the login session', () => {
  const groups: [string, ReturnType<typeof parseControlGroups>][] = [
    ['0::/system.slice/nginx.service\n', { service: 'nginx.service' }],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/sync.service\n', { service: 'user:sync.service' }],
    ['0::/user.slice/user-1001.slice/user@1001.service/app.slice/sync.service\n', { service: 'user@1001:sync.service' }],
    // A systemd of version 2 alone, in a container of a host that has both.
    ['9:name=systemd:/\n0::/system.slice/web.service\n', { service: 'web.service' }],
    ['0::/user.slice/user-1000.slice/session-3.scope\n', { session: 3 }],
    ['12:pids:/x.service\n1:name=systemd:/system.slice/ssh.service\n0::/\n', { service: 'ssh.service' }],
    ['0::/system.slice/docker.service/inner\n', {}], ['0::/\n', {}], ['', {}],
  ]
  for (const [text, expected] of groups) assert.deepEqual(parseControlGroups(text, 1000), expected)
})

test('what lies on a file system with a server behind it is known from names alone', linux, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mounts-'))
  try {
    symlinkSync('/far/away', join(folder, 'link'))
    symlinkSync('loop', join(folder, 'loop'))
    const table = new MountTable([
      '1 0 8:1 / / rw - ext4 /dev/sda rw', '2 1 0:30 / /far rw,x shared:1 - nfs4 server:/ rw', '3 2 8:2 / /far/near rw - ext4 /dev/sdb rw',
      '4 1 0:31 / /with\\040blank rw - fuse.sshfs x rw',
    ].join('\n'))
    assert.deepEqual(['/', '/far', '/far/x', '/far/near/x', '/farther', '/with blank/x'].map((path) => table.isRemote(path)), [false, true, true, false, false, true])
    assert.deepEqual([join(folder, 'link/x'), join(folder, 'x'), join(folder, 'loop/x'), '/tmp/../far/x', '/far', '/x'].map((path) => table.leadsToRemote(path)), [true, false, false, true, true, false])
    for (const [type, flags] of [['autofs', [true, false]], ['nfs4', [true, true]], ['xfs', [false, false]]] as const) {
      const { hasRemote, hasRemoteFiles } = new MountTable(`1 0 8:1 / /far rw - ${type} x rw`)
      assert.deepEqual([hasRemote, hasRemoteFiles], flags)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the mounts of a process whose namespace is hidden are not taken for the own ones', linux, () => {
  class Reader extends ProcReader {
    override text(path: string): string { return `1 0 8:1 / ${path.includes('self') ? '/own' : '/other'} rw - nfs4 server:/ rw` }
  }
  const mounts = new MountTables(new Reader())
  // There is no such process, so its namespace cannot be told.
  assert.equal(mounts.of(2 ** 30), mounts.own)
  assert.equal(mounts.of(process.pid), mounts.own)
  assert.deepEqual([mounts.own.isRemote('/own/x'), mounts.own.isRemote('/other/x')], [true, false])
})

test('targets are found by inode, and directories are told apart', linux, async () => {
  const { numbers, directories } = await findTargets([process.execPath, '/tmp', '/nowhere/at/all'], new MountTable(''), 100)
  assert.deepEqual(directories, [1])
  assert.equal(new Targets(numbers).withInode(statSync(process.execPath).ino)?.file, 0)
})

test('a pinned process is signalled, and another one with its number never is', linux, async () => {
  const clock = new ProcessClock()
  const child = spawn('sleep', ['60'], { stdio: 'ignore' })
  const identity = clock.identify(child.pid!)!
  assert.equal(pinProcess({ pid: child.pid!, startTime: '1@another boot' }, clock, noWindows), undefined)
  const handle = pinProcess(identity, clock, noWindows)!
  assert.equal(handle.running(), true)
  const ended = new Promise((resolve) => { child.once('exit', (_, signal) => resolve(signal)) })
  assert.equal(handle.signal('terminate'), 'sent')
  assert.equal(await ended, 'SIGTERM')
  assert.deepEqual([handle.running(), handle.signal('kill'), pinProcess(identity, clock, noWindows)], [false, 'gone', undefined])
  handle[Symbol.dispose]()
})
