// Machines and command lines that will not do: a root nobody can write to, a full disk, somebody else at work, words
// that are no properties. The disks are real, in a mount namespace of the test's own.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { runProgram, type PackageBuilder } from 'msikit/authoring'
import { aPackage } from '../../dist/testing/index.js'
import { assertRefused, Box, command } from './command.js'

const mayMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
const mounts = mayMount ? {} : { skip: 'mounting a file system of the test\'s own is not allowed here' }

const otherUser = process.geteuid?.() === 0 && spawnSync('setpriv', ['--version']).status === 0 ? {} : { skip: 'only the administrator can be somebody else' }

function example({ kilobytes = 4, files = 1 } = {}): PackageBuilder {
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  const main = builder.feature('Main')
  // Noise, so that compression does not hide what it takes.
  for (let index = 0; index < files; index++) {
    let state = index + 1
    main.file(place, `file${index}.bin`, Uint8Array.from({ length: kilobytes * 1024 }, () => (state = state * 1103515245 + 12345 & 0x7fffffff) >> 16 & 0xff))
  }
  return builder
}

/** Runs shell text in a mount namespace of its own; `$root`, `$package` and the command are at hand. */
function inNamespace(box: Box, packagePath: string, script: string): { status: number | null; output: string } {
  const digest = 'digest() { (cd "$root" && find . -type f -exec sha256sum {} + | sort; find . -type d | sort); }'
  const { status, stdout, stderr } = spawnSync('unshare', ['-m', 'bash', '-c', `set -e\nroot=${box.root} package=${packagePath}\nmsikit() { ${process.execPath} ${command} "$@" --root "$root"; }\n${digest}\n${script}`], { encoding: 'utf8', timeout: 60_000 })
  assert.doesNotMatch(stdout + stderr, /^ +at .*:\d+:\d+\)?$/m, 'a stack trace')
  return { status, output: stdout + stderr }
}

test('a root on a read-only file system is refused with a word, and is what it was', mounts, () => {
  using box = new Box()
  box.write('root/Windows/note.txt', 'note')
  const { status, output } = inNamespace(box, box.add(example()), `
    mount --bind "$root" "$root" && mount -o remount,ro,bind "$root"
    before=$(digest)
    set +e; msikit install "$package"; status=$?; set -e
    [ "$before" = "$(digest)" ] || echo CHANGED
    echo status=$status`)
  assert.equal(status, 0, output)
  assert.match(output, /status=(67|19|5)$/m)
  assert.match(output, /read-only|write-protected/i)
  assert.doesNotMatch(output, /CHANGED/)
})

test('a root that somebody else owns is refused with a word', otherUser, () => {
  using box = new Box()
  chmodSync(box.folder, 0o755)
  const ran = box.runIn(['setpriv', '--reuid=12345', '--regid=12345', '--clear-groups', 'env', `XDG_RUNTIME_DIR=${box.folder}`, `HOME=${box.folder}`], 'install', box.add(example()))
  assert.equal(ran.status, 5, ran.stderr)
  assert.match(ran.stderr, /access|denied|permission/i)
  assert.ok(!existsSync(join(box.root, 'Program Files (x86)')))
})

test('a disk that is too small is found out before anything is written', mounts, () => {
  using box = new Box()
  const { status, output } = inNamespace(box, box.add(example({ kilobytes: 3000 })), `
    mount -t tmpfs -o size=2m none "$root"
    set +e; msikit install "$package"; status=$?; set -e
    find "$root" -mindepth 1
    echo status=$status`)
  assert.equal(status, 0, output)
  assert.match(output, /^status=67$/m)
  assert.match(output, /space/i)
  assert.doesNotMatch(output, /Program Files|Config\.Msi/)
})

test('a disk that fills up in the middle: everything is taken back, and the same installation works with more room', mounts, () => {
  using box = new Box()
  const { status, output } = inNamespace(box, box.add(example({ kilobytes: 100, files: 30 })), `
    mount -t tmpfs -o size=8m none "$root"
    mkdir -p "$root/Program Files (x86)/Example"; echo mine > "$root/Program Files (x86)/Example/file0.bin"; touch -d 2001-01-01 "$root/Program Files (x86)/Example/file0.bin"
    before=$(digest)
    # Costing is told of room that is gone when it is needed.
    ${process.execPath} --input-type=module -e '
      import { installPackage } from "${resolveDist('engine')}"
      import { createNodePlatform } from "${resolveDist('node')}"
      import { spawnSync } from "node:child_process"
      const [root, path] = process.argv.slice(1)
      const platform = createNodePlatform({ root, sessionFolder: "${box.path('sessions')}" })
      let filled = false
      const result = await installPackage(platform, { package: path, properties: { REINSTALLMODE: "amus" }, onMessage: (message) => {
        if (!filled && message.type === 8 && message.record[1] === "InstallFinalize") { filled = true; spawnSync("sh", ["-c", "head -c 6500000 /dev/zero > " + root + "/ballast"]) }
        return 0
      } })
      console.log("code=" + result.exitCode + " " + result.error?.messageNumber + " " + result.error?.message)
    ' "$root" "$package"
    rm "$root/ballast"
    after=$(digest)
    [ "$before" = "$after" ] || diff <(echo "$before") <(echo "$after")
    stat -c '%y' "$root/Program Files (x86)/Example/file0.bin"
    set +e; msikit install "$package" REINSTALLMODE=amus; status=$?; set -e
    echo status=$status`)
  assert.match(output, /^code=1603 (1307|1304|1305|\d+) .+/m, output)
  assert.equal(status, 0, output)
  assert.match(output, /^2001-01-01 00:00:00\.0+ /m)
  assert.match(output, /^status=0$/m)
})

function resolveDist(layer: string): string {
  return join(command, `../../${layer}/index.js`)
}

test('a second installation on the same root is 1618 while the first one runs, and works afterwards', async () => {
  using box = new Box()
  const slow = example()
  slow.binary('wait', `#!/bin/sh\ntouch ${box.path('started')}\nwhile [ ! -e ${box.path('go')} ]; do sleep 0.05; done\n`)
  slow.customAction('Wait', runProgram({ binary: 'wait' }, ''), { at: { after: 'InstallInitialize' } })
  const other = aPackage({ name: 'Other' })
  other.feature('Main').file(other.folder('ProgramFilesFolder').folder('Other'), 'other.txt', 'other')
  const [slowPath, otherPath] = [box.add(slow, 'slow.msi'), box.add(other, 'other.msi')]
  const first = box.start('install', slowPath)
  const ended = new Promise<number | null>((done) => { first.once('exit', done) })
  for (let tries = 0; tries < 400 && !existsSync(box.path('started')); tries++) await pause(25)
  for (const args of [['install', otherPath], ['uninstall', 'Example'], ['msiexec', '/i', otherPath, '/qn']]) {
    const ran = box.run(...args)
    assert.equal(ran.status, 1618 % 256, `${args[0]}: ${ran.stderr}`)
    assert.match(ran.stderr, /another installation/i)
    assert.match(ran.stderr, /1618/)
  }
  assert.equal(box.run('plan', otherPath).status, 0, 'a plan needs no lock')
  assert.ok(!existsSync(join(box.root, 'Program Files (x86)', 'Other')))
  box.write('go', '')
  assert.equal(await ended, 0)
  assert.equal(box.run('install', otherPath).status, 0)
})

test('words that are no properties are refused before anything is opened', async () => {
  using box = new Box()
  const path = box.add(example())
  const before = box.digest()
  for (const words of [['INSTALLDIR'], ['=value'], ['lower case=x'], ['1ABC=x'], ['A-B=x']]) {
    const ran = await box.call('install', path, ...words)
    assert.equal(ran.status, 2, `${words.join(' ')}: ${ran.stderr}`)
    assert.match(ran.stderr, /expected PROPERTY=value/)
  }
  for (const words of [['/i', path, '/qz'], ['/i', path, 'A B=x'], ['/i'], ['/nonsense', path], ['/i', path, 'PROP="open'], ['/a', path, '/x', path]]) {
    const ran = await box.call('msiexec', ...words)
    assert.equal(ran.status, 1639 % 256, `${words.join(' ')}: ${ran.stderr}`)
    assert.match(ran.stderr, /1639/)
  }
  assert.deepEqual(box.digest(), before)
})

test('a feature that does not exist, a bad REINSTALLMODE and a product that is not there have their codes', async () => {
  using box = new Box()
  const path = box.add(example())
  await assertRefused(box, ['install', path, 'ADDLOCAL=Nonsense'], 1603, /Nonsense/)
  await assertRefused(box, ['install', path, 'REINSTALLMODE=xyz'], 1603, /xyz/)
  await assertRefused(box, ['uninstall', 'Nonsense'], 1605, /Nonsense/)
  await assertRefused(box, ['repair', '{00000000-0000-0000-0000-000000000001}'], 1605, /00000000-0000-0000-0000-000000000001/)
  await assertRefused(box, ['install', path, '--installer-version', '1.0'], 1613, /version/i)
})

test('a log that cannot be written is 1622, before anything is done', async () => {
  using box = new Box()
  const path = box.add(example())
  const before = box.digest()
  const ran = await box.call('install', path, '--log', box.path('no/such/folder/log.txt'))
  assert.equal(ran.status, 1622 % 256, ran.stderr)
  assert.deepEqual(box.digest(), before)
  mkdirSync(box.path('logs'))
  assert.equal((await box.call('install', path, '--log', box.path('logs'))).status, 1622 % 256)
})

test('a damaged registry is refused, and left as it is', () => {
  using box = new Box()
  const path = box.add(example())
  for (const [name, content] of [['SOFTWARE', 'no hive at all'], ['SYSTEM', Buffer.concat([Buffer.from('regf'), Buffer.alloc(8000, 0xff)])]] as const) {
    box.write(`root/Windows/System32/config/${name}`, content)
    const before = readFileSync(box.path(`root/Windows/System32/config/${name}`))
    const ran = box.run('install', path)
    assert.notEqual(ran.status, 0, `${name}: ${ran.stdout}`)
    assert.match(ran.stderr, new RegExp(name))
    assert.deepEqual(readFileSync(box.path(`root/Windows/System32/config/${name}`)), before)
    assert.ok(!existsSync(join(box.root, 'Program Files (x86)')), name)
    box.write(`root/Windows/System32/config/${name}`, '')
    spawnSync('rm', [box.path(`root/Windows/System32/config/${name}`)])
  }
  assert.ok(statSync(box.root).isDirectory())
})
