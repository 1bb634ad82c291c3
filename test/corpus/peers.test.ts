// What wixl, msibuild and gcab make, on the spot: read, dumped, extracted and rewritten by us, and compared with what msitools,
// gcab and 7-Zip make of it.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { bytesSource, codePage } from 'msikit/base'
import { openCabinet } from 'msikit/cabinet'
import { exportTable, openDatabase } from 'msikit/database'
import { repository } from '../shared.ts'
import { written } from '../fuzz/mutate.ts'
import { ourFields, requireSame, suminfo, tableNames, theirFields } from './msitools.ts'

const needs = (...programs: string[]): { skip: string | false } => {
  const missing = programs.filter((program) => spawnSync(program, ['--help']).error !== undefined)
  return { skip: missing.length > 0 ? `needs ${missing.join(', ')}` : false }
}
const program = join(repository, 'dist/bin/msikit.cjs')
const folder = mkdtempSync(join(tmpdir(), 'msikit-peers-'))
const payload = join(folder, 'payload')
after(() => { rmSync(folder, { recursive: true, force: true }) })

function run(file: string, words: readonly string[], cwd = folder): string {
  const { status, stdout, stderr } = spawnSync(file, words, { cwd, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' }, maxBuffer: 1 << 28 })
  assert.equal(status, 0, `${file} ${words.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

before(() => {
  mkdirSync(join(payload, 'sub folder'), { recursive: true })
  writeFileSync(join(payload, 'empty.txt'), '')
  writeFileSync(join(payload, 'text.txt'), 'The same line again and again.\r\n'.repeat(9000))
  writeFileSync(join(payload, 'noise.bin'), Uint8Array.from({ length: 200_001 }, (_, index) => Math.imul(index, 0x9e3779b1) >>> 11))
  writeFileSync(join(payload, 'sub folder', 'Grüße.txt'), 'hello')
})

/** Path and content of every file below, with `/`. */
function filesBelow(place: string): Map<string, string> {
  return new Map(readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(place, name)).isFile())
    .map((name) => [name, readFileSync(join(place, name)).toString('base64')] as const).sort(([a], [b]) => a < b ? -1 : 1))
}

const source = `<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Name="Peer" Id="*" UpgradeCode="E2B0A6D5-2A6B-4A0C-8F24-7D3B1A5F6E01" Language="1033" Codepage="1252" Version="1.2.3" Manufacturer="Somebody">
    <Package Id="*" Keywords="Installer" Description="Made by wixl" Comments="ü" InstallerVersion="200" Languages="1033" Compressed="yes" SummaryCodepage="1252" />
    <Media Id="1" Cabinet="peer.cab" EmbedCab="yes" />
    <MajorUpgrade DowngradeErrorMessage="A newer version is installed." />
    <Property Id="GREETING" Value="Grüße" />
    <Condition Message="Needs Windows.">VersionNT</Condition>
    <Directory Id="TARGETDIR" Name="SourceDir">
      <Directory Id="ProgramFilesFolder"><Directory Id="INSTALLDIR" Name="Peer Program"><Directory Id="SUB" Name="sub folder">
        <Component Id="Sub" Guid="E2B0A6D5-2A6B-4A0C-8F24-7D3B1A5F6E02"><File Id="greetings" Name="Grüße.txt" Source="sub folder/Grüße.txt" KeyPath="yes" /></Component>
      </Directory>
        <Component Id="Main" Guid="E2B0A6D5-2A6B-4A0C-8F24-7D3B1A5F6E03">
          <File Id="empty" Name="empty.txt" Source="empty.txt" /><File Id="noise" Name="noise.bin" Source="noise.bin" KeyPath="yes" /><File Id="text" Name="text.txt" Source="text.txt" />
          <RegistryValue Root="HKLM" Key="Software\\Peer" Name="Path" Type="string" Value="[INSTALLDIR]" /><RegistryValue Root="HKLM" Key="Software\\Peer" Name="Number" Type="integer" Value="42" />
          <ServiceInstall Id="service" Name="Peer" DisplayName="Peer Service" Type="ownProcess" Start="demand" ErrorControl="normal" />
          <ServiceControl Id="control" Name="Peer" Stop="both" Remove="uninstall" />
        </Component>
      </Directory></Directory>
      <Directory Id="ProgramMenuFolder"><Component Id="Link" Guid="E2B0A6D5-2A6B-4A0C-8F24-7D3B1A5F6E04">
        <Shortcut Id="link" Name="Peer" Target="[INSTALLDIR]noise.bin" WorkingDirectory="INSTALLDIR" /><RegistryValue Root="HKCU" Key="Software\\Peer" Name="Link" Type="string" Value="1" KeyPath="yes" />
      </Component></Directory>
    </Directory>
    <Feature Id="Complete" Level="1"><ComponentRef Id="Main" /><ComponentRef Id="Sub" /><ComponentRef Id="Link" /></Feature>
    <CustomAction Id="Greet" Property="GREETED" Value="[GREETING]" />
    <InstallExecuteSequence><Custom Action="Greet" After="CostFinalize">NOT Installed</Custom></InstallExecuteSequence>
  </Product>
</Wix>
`

test('a package of wixl has the tables that msiinfo finds, the files that msiextract finds, and survives being rewritten', needs('wixl', 'msiinfo', 'msiextract'), () => {
  writeFileSync(join(folder, 'peer.wxs'), source)
  const made = join(folder, 'peer.msi')
  run('wixl', ['-o', made, join(folder, 'peer.wxs')], payload)
  compareTables(made, made)
  run('msiextract', ['-C', join(folder, 'theirs'), made])
  run(process.execPath, [program, 'extract', made, '-o', join(folder, 'ours')])
  assert.deepEqual(filesBelow(join(folder, 'ours')), filesBelow(join(folder, 'theirs')))
  const rewritten = join(folder, 'rewritten.msi')
  writeFileSync(rewritten, written((sink) => { openDatabase(bytesSource(readFileSync(made))).save(sink) }))
  compareTables(rewritten, made)
  assert.equal(suminfo(rewritten), suminfo(made))
  run('msiextract', ['-C', join(folder, 'again'), rewritten])
  assert.deepEqual(filesBelow(join(folder, 'again')), filesBelow(join(folder, 'theirs')))
})

/** The tables of one file as we read them, those of the other as msiinfo does. */
function compareTables(ours: string, theirs: string): void {
  const database = openDatabase(bytesSource(readFileSync(ours)), { strict: true })
  assert.deepEqual([...database.tableNames].sort(), tableNames(theirs))
  for (const table of database.tableNames) requireSame(ourFields(database, table), theirFields(theirs, table, folder), table)
}

test('a database that msibuild made of our text archives is the one they were made of', needs('wixl', 'msibuild', 'msiinfo'), () => {
  const database = openDatabase(bytesSource(readFileSync(join(folder, 'peer.msi'))))
  const tables = database.tableNames.filter((table) => !table.startsWith('_'))
  const archives = tables.map((table) => {
    const path = join(folder, `${table}.idt`)
    // msibuild wants UTF-8 and takes the code page of line 3 for the name of the table.
    writeFileSync(path, codePage(database.codepage).decode(exportTable(database, table)).replace(/^(.*\r\n.*\r\n)\d+\t/, '$1'))
    return path
  })
  const built = join(folder, 'built.msi')
  run('msibuild', [built, '-i', ...archives])
  const back = openDatabase(bytesSource(readFileSync(built)), { strict: true })
  for (const table of tables) assert.deepEqual(ourFields(back, table).sort(), ourFields(database, table).sort(), table)
})

for (const words of [[], ['-z'], ['-z', '-n']]) {
  test(`a cabinet of gcab ${words.join(' ')} holds what gcab and 7-Zip take out of it`, needs('gcab', '7z'), () => {
    const name = `made${words.length}.cab`
    run('gcab', ['-c', ...words, join(folder, name), 'empty.txt', 'text.txt', 'noise.bin', 'sub folder/Grüße.txt'], payload)
    const ours = new Map<string, string>()
    openCabinet(bytesSource(readFileSync(join(folder, name))), { strict: true }).extract((file) => {
      const parts: Uint8Array[] = []
      return { write: (chunk) => { parts.push(chunk.slice()) }, end: () => { ours.set(file.name.replaceAll('\\', '/'), Buffer.concat(parts).toString('base64')) } }
    })
    for (const [peer, options] of [['gcab', ['-x', '-C']], ['7z', ['x', '-y', '-bd', '-o']]] as const) {
      const place = join(folder, `${name}-${peer}`)
      mkdirSync(place)
      run(peer, peer === 'gcab' ? [...options, place, join(folder, name)] : ['x', '-y', '-bd', `-o${place}`, join(folder, name)])
      assert.deepEqual(new Map([...ours].sort(([a], [b]) => a < b ? -1 : 1)), filesBelow(place), peer)
    }
  })
}
