import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { MemoryProcesses } from '../platform/index.ts'
import { aRestartManagerMachine, holder } from '../testing/index.ts'
import { programName } from './classification.ts'

const name = (executable: string, ...args: string[]): string => programName(new MemoryProcesses().add({ facts: { executable, arguments: [executable, ...args] } }).facts)

test('an interpreter is called after what it was started with', () => {
  for (const [expected, ...command] of [
    ['server', '/opt/app/server', 'x'], ['backup.sh', '/usr/bin/bash', '/opt/backup.sh', '-v'], ['bash', '/usr/bin/bash', '-c', 'echo a'], ['bash', '/usr/bin/bash', '-l'],
    ['main.js', '/usr/bin/node', '--require', 'hook.js', '--inspect', '/srv/main.js'], ['node', '/usr/bin/node', '--eval', '1'],
    ['http.server', '/usr/bin/python3.11', '-m', 'http.server', '80'], ['app.py', '/usr/bin/python3', '-W', 'ignore', 'app.py'],
    ['tool.jar', '/usr/lib/jvm/bin/java', '-Xmx1g', '-jar', '/opt/tool.jar', 'x'], ['org.example.Main', '/usr/bin/java', '-cp', '/a:/b', 'org.example.Main'],
  ] as const) assert.equal(name(command[0], ...command.slice(1)), expected, command.join(' '))
})

test('of a program on a Wayland display it is said that its windows cannot be seen', async () => {
  const { manager, processes } = aRestartManagerMachine()
  const graphical = (environment: Readonly<Record<string, string>>, windows: { title: string }[] = []): void => { processes.add(holder('/f', { facts: { graphical: true, terminal: false, environment, windows } })) }
  graphical({ WAYLAND_DISPLAY: 'wayland-0', DISPLAY: ':0' })
  graphical({ DISPLAY: ':0' })
  graphical({ WAYLAND_DISPLAY: 'wayland-0', DISPLAY: ':0' }, [{ title: 'Drawing' }])
  const { applications } = await manager.inspect({ files: ['/f'] })
  assert.deepEqual(applications.map(({ type, notes }) => [type, notes.length]), [['otherWindow', 1], ['otherWindow', 0], ['mainWindow', 0]])
  assert.match(applications[0]!.notes[0]!, /Wayland/)
})
