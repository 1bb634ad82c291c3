// Every table that names a place is tried with one outside the root: the installation fails, and nothing has changed,
// in the root or beside it.
import { strict as assert } from 'node:assert'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Component, PackageBuilder } from 'msikit/authoring'
import { aPackage } from '../../dist/testing/index.js'
import { HostStage } from './host-stage.js'

type Escape = (component: Component, builder: PackageBuilder) => void

/** OUTSIDE is a folder of the host, on the drive that packages are read from. */
const escapes: Readonly<Record<string, Escape>> = {
  'a copy on the drive of the host': (component) => component.row('DuplicateFile', { FileKey: 'd', File_: 'data', DestName: 'copy.txt', DestFolder: 'OUTSIDE' }),
  'a copy whose name climbs': (component) => component.row('DuplicateFile', { FileKey: 'd', File_: 'data', DestName: '..\\..\\..\\..\\copy.txt', DestFolder: null }),
  'an ini file on the drive of the host': (component) => component.row('IniFile', { IniFile: 'i', FileName: 'some.ini', DirProperty: 'OUTSIDE', Section: 's', Key: 'k', Value: 'v', Action: 0 }),
  'an ini file whose name climbs': (component) => component.row('IniFile', { IniFile: 'i', FileName: '..\\..\\..\\some.ini', DirProperty: null, Section: 's', Key: 'k', Value: 'v', Action: 0 }),
  'the removal of a file of the host': (component) => component.row('RemoveFile', { FileKey: 'r', FileName: 'theirs.txt', DirProperty: 'OUTSIDE', InstallMode: 1 }),
  'the removal of a folder of the host': (component) => {
    component.row('RemoveFile', { FileKey: 'r', FileName: null, DirProperty: 'OUTSIDEEMPTY', InstallMode: 1 })
  },
  'moving a file of the host into the root': (component, builder) => {
    builder.property('INSIDE', 'C:\\Taken')
    component.row('MoveFile', { FileKey: 'm', SourceName: 'theirs.txt', SourceFolder: 'OUTSIDE', DestFolder: 'INSIDE', Options: 1 })
  },
  'a shortcut whose name climbs': (component) => component.row('Shortcut', { Shortcut: 's', Directory_: 'TARGETDIR', Name: '..\\..\\link', Target: '[OUTSIDE]' }),
  'a folder on the drive of the host': (component, builder) => {
    component.row('CreateFolder', { Directory_: 'OUTSIDENEW' })
    builder.row('Directory', { Directory: 'OUTSIDENEW', Directory_Parent: 'TARGETDIR', DefaultDir: 'x' })
  },
  'a folder on a drive that is not there': (component, builder) => {
    builder.property('NODRIVE', 'Q:\\Example')
    component.row('CreateFolder', { Directory_: 'NODRIVE' })
    builder.row('Directory', { Directory: 'NODRIVE', Directory_Parent: 'TARGETDIR', DefaultDir: 'x' })
  },
  'a folder whose name climbs': (component, builder) => {
    component.row('CreateFolder', { Directory_: 'CLIMBS' })
    builder.row('Directory', { Directory: 'CLIMBS', Directory_Parent: 'TARGETDIR', DefaultDir: '..\\..\\new' })
  },
  'a folder that a property makes climb': (component, builder) => {
    builder.property('CLIMBS', 'C:\\..\\..\\new')
    component.row('CreateFolder', { Directory_: 'CLIMBS' })
    builder.row('Directory', { Directory: 'CLIMBS', Directory_Parent: 'TARGETDIR', DefaultDir: 'x' })
  },
  'a file whose name climbs': (component) => component.row('File', { File: 'climbs', FileName: '..\\..\\..\\climbs.txt', FileSize: 4, Attributes: 16384, Sequence: 1 }),
  'all of the package on the drive of the host': (_component, builder) => builder.property('TARGETDIR', '[OUTSIDE]').property('ProgramFilesFolder', 'Z:\\nothing\\here'),
  'an icon whose name leads up': (_component, builder) => {
    builder.row('Icon', { Name: '..', Data: new Uint8Array(4) }).property('ARPPRODUCTICON', '..')
  },
  'a registry key that climbs': (component) => component.row('Registry', { Registry: 'r', Root: 2, Key: '..\\..\\x\\\\y', Name: 'n', Value: 'v' }),
}

for (const [name, escape] of Object.entries(escapes)) {
  test(`refused and taken back: ${name}`, { skip: process.platform === 'win32' ? 'the drives of the host are its own there' : false }, async () => {
    using stage = new HostStage()
    const outside = join(stage.folder, 'outside')
    mkdirSync(join(outside, 'empty'), { recursive: true })
    writeFileSync(join(outside, 'theirs.txt'), 'theirs')
    const windows = `Z:${outside.replaceAll('/', '\\')}`
    const builder = aPackage().property('OUTSIDE', windows).property('OUTSIDEEMPTY', `${windows}\\empty`).property('OUTSIDENEW', `${windows}\\new`)
    const component = builder.feature('Main').file(builder.folder('ProgramFilesFolder\\Example'), 'data.txt', 'data', { key: 'data' })
    escape(component, builder)
    const result = await stage.install(stage.add(builder))
    assert.equal(result.exitCode, 1603, stage.log.join('\n'))
    assert.deepEqual(readdirSync(stage.root), [])
    assert.deepEqual(readdirSync(outside).sort(), ['empty', 'theirs.txt'])
    assert.equal(readFileSync(join(outside, 'theirs.txt'), 'utf8'), 'theirs')
  })
}
