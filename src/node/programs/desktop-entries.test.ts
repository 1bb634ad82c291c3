import { strict as assert } from 'node:assert'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { DesktopEntries, idOfGroup, parseDesktopEntry } from './desktop-entries.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'entries-')))
after(() => { rmSync(folder, { recursive: true, force: true }) })

function write(path: string, text: string): string {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), text)
  return join(folder, path)
}

const entry = (name: string, exec: string, more = ''): string => `# Comment\n[Desktop Entry]\nType=Application\nName=${name}\nExec=${exec}\n${more}\n[Desktop Action New]\nName=New window\nExec=other\n`

test('an entry has its name in the language of the user, and its command without field codes', () => {
  assert.deepEqual(parseDesktopEntry(entry('Editor', 'env A=1 "/opt/my editor/edit" --new %U 100%%', 'Name[de]=Bearbeiter\nName[de_AT]=Schreiber'), 'x', ['de_AT', 'de']),
    { id: 'x', name: 'Schreiber', exec: ['/opt/my editor/edit', '--new', '100%'], tryExec: '' })
  assert.equal(parseDesktopEntry('[Desktop Entry]\nType=Link\nName=Page\n', 'x', []), undefined)
  assert.equal(parseDesktopEntry('no entry', 'x', []), undefined)
})

test('control groups of desktops name the entry', () => {
  assert.equal(idOfGroup('app-gnome-org.example.Editor-4711.scope'), 'org.example.Editor')
  assert.equal(idOfGroup('app-org.kde.okular-abc123.scope'), 'org.kde.okular')
  assert.equal(idOfGroup('app-flatpak-my\\x2dapp-1.scope'), 'my-app')
  assert.equal(idOfGroup('app-org.example.Sync@autostart.service'), 'org.example.Sync')
  assert.equal(idOfGroup('session-3.scope'), undefined)
})

test('a process is called after the entry that started it', () => {
  const edit = write('bin/edit-real', '')
  symlinkSync(edit, join(folder, 'bin/edit'))
  const script = write('bin/notes', '#!/usr/bin/python3')
  write('share/applications/org.example.Editor.desktop', entry('Editor', 'edit %F'))
  write('share/applications/kde/viewer.desktop', entry('Viewer', `${edit} --view`))
  write('share/applications/notes.desktop', entry('Notes', script))
  write('share/applications/python.desktop', entry('Python', '/usr/bin/python3'))
  write('share/applications/broken.desktop', '\0\0')
  write('later/applications/org.example.Editor.desktop', entry('Hidden by the first', 'edit'))
  const entries = new DesktopEntries({ XDG_DATA_HOME: join(folder, 'none'), XDG_DATA_DIRS: `${join(folder, 'share')}:${join(folder, 'later')}`, PATH: join(folder, 'bin'), LANG: 'C' })
  const name = (executable: string, args: string[] = [], more: { group?: string; environment?: Record<string, string> } = {}): string | undefined =>
    entries.nameOf({ pid: 7, executable, arguments: ['x', ...args], group: '', environment: {}, ...more })
  assert.equal(name(edit), 'Editor')
  assert.equal(name(edit, ['--view', 'file']), 'Viewer')
  assert.equal(name('/usr/bin/python3', [script]), 'Notes')
  assert.equal(name('/usr/bin/python3', ['/home/me/script.py']), undefined, 'the script is what people know')
  assert.equal(name('/usr/bin/python3'), 'Python')
  assert.equal(name('/elsewhere', [], { group: 'app-gnome-kde\\x2dviewer-12.scope' }), 'Viewer')
  const environment = { GIO_LAUNCHED_DESKTOP_FILE: '/x/notes.desktop', GIO_LAUNCHED_DESKTOP_FILE_PID: '7' }
  assert.equal(name('/elsewhere', [], { environment }), 'Notes')
  assert.equal(name('/elsewhere', [], { environment: { ...environment, GIO_LAUNCHED_DESKTOP_FILE_PID: '8' } }), undefined, 'inherited from somebody else')
})
