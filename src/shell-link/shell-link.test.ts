import { strict as assert } from 'node:assert'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Findings, FormatError } from '../base/index.ts'
import { readShellLink, ShowCommand, writeShellLink, type ShellLink } from './index.ts'

const shared = process.env['MSIKIT_SHARED'] ?? resolve(import.meta.dirname, '../../../shared')
const defaults = { iconIndex: 0, showCommand: 1, hotKey: 0, targetSizeBytes: 0 }

test('a link to a file comes back with all its parts', () => {
  const link: ShellLink = {
    target: 'C:\\Program Files\\Äpp 日本\\app.exe', targetIsFolder: false, targetSizeBytes: 1234, description: 'An application',
    relativePath: '..\\app.exe', workingDirectory: 'C:\\Program Files\\Äpp 日本\\', arguments: '"a b" /c', iconPath: 'C:\\icons\\app.ico',
    iconIndex: -3, showCommand: ShowCommand.minimized, hotKey: 0x641, darwinDescriptor: 'w_1^VX!!!!!!!!!MKKSkEXCELFiles>tW{~$4Q]c@II=l2xaTO5',
    environmentTarget: '%windir%\\notepad.exe', environmentIcon: '%SystemRoot%\\app.ico',
    properties: [
      { formatId: '{9F4C2855-9F79-4B39-A8D0-E1D42DE1D5F3}', id: 5, value: { type: 'string', value: 'Example.Äpp' } },
      { formatId: '{9F4C2855-9F79-4B39-A8D0-E1D42DE1D5F3}', id: 9, value: { type: 'boolean', value: true } },
      { formatId: '{46588AE2-4CBC-4338-BBFC-139326986DCE}', id: 12, value: { type: 'number', value: 2 } },
    ],
  }
  assert.deepEqual(readShellLink(writeShellLink(link), new Findings(true)), link)
})

test('without link information the target is read from the items', () => {
  for (const target of ['C:\\Program Files\\日本 word\\app.exe', 'D:\\', 'C:\\folder']) {
    const bytes = writeShellLink({ target })
    const items = bytes[76]! | bytes[77]! << 8
    const withoutInfo = Buffer.concat([bytes.subarray(0, 78 + items), Buffer.alloc(4)])
    withoutInfo.writeUInt32LE(0x81, 20)
    assert.equal(readShellLink(withoutInfo).target, target)
  }
})

test('the item list and the link information have the bytes that Windows expects', () => {
  const bytes = Buffer.from(writeShellLink({ target: 'C:\\Dir\\a.exe' })).toString('hex')
  const has = (...parts: string[]): void => assert(bytes.includes(parts.join('')), parts.join(' '))
  has('14001f50e04fd020ea3a6910a2d808002b30309d', '19002f433a5c', '00'.repeat(19))
  // Type, size, date, attributes, short name; block size, version, signature, dates, kind, no localized name, long name, block offset.
  has('3100', '00000000', '00000000', '1000', '44697200', '1e00', '0300', '0400efbe', '00'.repeat(8), '1400', '0000', '4400690072000000', '1200')
  has('24000000', '01000000', '24000000', '35000000')
  assert(bytes.endsWith('00000000'))
})

test('a link to a share has network information and no items', () => {
  const bytes = writeShellLink({ target: '\\\\server\\share\\folder\\app.exe' })
  assert.equal(new DataView(bytes.buffer).getUint32(20, true), 0x82)
  assert.equal(readShellLink(bytes, new Findings(true)).target, '\\\\server\\share\\folder\\app.exe')
})

const text = fc.string({ unit: fc.constantFrom('a', 'Z', ' ', 'é', '日', '%', '\\'), maxLength: 60 })
const segment = fc.string({ unit: fc.constantFrom('a', 'Z', ' ', 'é', '日', '.'), minLength: 1, maxLength: 20 })
const links: fc.Arbitrary<ShellLink> = fc.record({
  target: fc.array(segment, { minLength: 1, maxLength: 6 }).map((names) => `C:\\${names.join('\\')}`), targetIsFolder: fc.boolean(),
  targetSizeBytes: fc.nat(), description: text, relativePath: text, workingDirectory: text, arguments: text, iconPath: text,
  iconIndex: fc.integer(), showCommand: fc.constantFrom(1, 3, 7), hotKey: fc.nat(0xffff), darwinDescriptor: text.map((one) => `x${one}`),
}, { requiredKeys: [] })

test('whatever is written is read again, without findings', () => {
  fc.assert(fc.property(links, (link) => {
    const { targetIsFolder, ...rest } = link
    const expected = { ...defaults, ...rest, ...(link.target === undefined ? {} : { targetIsFolder: targetIsFolder ?? false }) }
    assert.deepEqual(readShellLink(writeShellLink(link), new Findings(true)), expected)
  }))
})

test('damaged bytes are read in part or refused with a format error', () => {
  const bytes = writeShellLink({
    target: 'C:\\Program Files\\app.exe', description: 'one', iconPath: 'two', darwinDescriptor: 'three',
    properties: [{ formatId: '{46588AE2-4CBC-4338-BBFC-139326986DCE}', id: 12, value: { type: 'string', value: 'x' } }],
  })
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), fc.nat(bytes.length), (changes, cut) => {
    const damaged = bytes.slice()
    for (const [at, value] of changes) damaged[at] = value
    for (const input of [damaged, damaged.subarray(0, cut)]) {
      try {
        readShellLink(input)
      } catch (error) {
        assert(error instanceof FormatError, `${error}`)
      }
    }
  }), { numRuns: 2_000 })
})

test('text that is too long for its field is refused', () => {
  assert.throws(() => writeShellLink({ description: 'x'.repeat(65_536) }), { code: 'ERROR_INVALID_PARAMETER' })
  assert.throws(() => writeShellLink({ darwinDescriptor: 'x'.repeat(260) }), { code: 'ERROR_INVALID_PARAMETER' })
})

interface Recorded { flags: number; hotkey: number; icon_index: number; show: number; target: string; idlist_types: string[]; arguments?: string; description?: string; icon?: string; working_dir?: string }

test('recorded shortcuts get the flags and the kinds of items that they were recorded with', { skip: existsSync(join(shared, 'oracle/recorded')) ? false : 'the recordings are not here' }, () => {
  let seen = 0
  for (const name of ['extra-shortcuts.install.json', 'putty-0.68-installer.install.json']) {
    const { steps } = JSON.parse(readFileSync(join(shared, 'oracle/recorded', name), 'utf8')) as { steps: { files: { added: Record<string, { lnk?: Recorded } | null> } }[] }
    for (const entry of Object.values(steps[0]!.files.added)) {
      if (entry?.lnk === undefined) continue
      const lnk = entry.lnk
      const bytes = writeShellLink({
        target: lnk.target, hotKey: lnk.hotkey, iconIndex: lnk.icon_index, showCommand: lnk.show,
        ...(lnk.arguments !== undefined && { arguments: lnk.arguments }), ...(lnk.description !== undefined && { description: lnk.description }),
        ...(lnk.icon !== undefined && { iconPath: lnk.icon }), ...(lnk.working_dir !== undefined && { workingDirectory: lnk.working_dir }),
      })
      const again = readShellLink(bytes, new Findings(true))
      assert.equal(new DataView(bytes.buffer).getUint32(20, true), lnk.flags, JSON.stringify(lnk))
      assert.equal(again.target, lnk.target)
      assert.deepEqual(itemTypes(bytes).map((type) => type & 0x70), lnk.idlist_types.map((type) => Number.parseInt(type, 16) & 0x70))
      seen++
    }
  }
  assert(seen > 10)
})

function itemTypes(bytes: Uint8Array): number[] {
  const types: number[] = []
  for (let offset = 78; (bytes[offset]! | bytes[offset + 1]! << 8) !== 0; offset += bytes[offset]! | bytes[offset + 1]! << 8) types.push(bytes[offset + 2]!)
  return types
}
