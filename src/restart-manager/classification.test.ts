import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { MemoryProcesses } from '../platform/index.ts'
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
