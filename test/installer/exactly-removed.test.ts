// Two products that share components, DLL counts, folders and keys, on a machine where others have files, folders and
// values among theirs: installed, changed and removed in any order, they leave exactly what others own, byte for byte,
// and what Windows leaves too, which `stays` lists with its reasons.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { componentAttribute } from 'msikit/authoring'
import { createDirectories, writeFile } from 'msikit/platform'
import { aPackage, differences, type InstallStage } from '../../dist/testing/index.js'
import { aMachine, snapshotOf } from './machine.ts'

type ProductName = 'A' | 'B'

interface Part {
  readonly where: 'common' | 'own' | 'deep'
  readonly flags: readonly ('counted' | 'permanent' | 'transitive')[]
  readonly owners: readonly ProductName[]
  readonly extras: readonly ('value' | 'environment' | 'ini' | 'folder' | 'shortcut' | 'copy')[]
}

const part: fc.Arbitrary<Part> = fc.record({
  where: fc.constantFrom('common', 'own', 'deep'),
  flags: fc.subarray(['counted', 'permanent', 'transitive'] as const),
  owners: fc.constantFrom<readonly ProductName[]>(['A'], ['B'], ['A', 'B']),
  extras: fc.subarray(['value', 'environment', 'ini', 'folder', 'shortcut', 'copy'] as const),
})

const places = { common: 'CommonFilesFolder\\Shared', own: 'ProgramFilesFolder\\Example', deep: 'ProgramFilesFolder\\Example\\deep\\deeper' } as const
const paths = { common: 'C:\\Program Files (x86)\\Common Files\\Shared', own: 'C:\\Program Files (x86)\\Example', deep: 'C:\\Program Files (x86)\\Example\\deep\\deeper' } as const

/** What others do before or between: files beside ours, values under our keys, a count for one of our DLLs, changes to our files. */
const foreign = fc.oneof(
  fc.record({ kind: fc.constant('file' as const), where: fc.constantFrom('common', 'own', 'deep'), name: fc.constantFrom('theirs.txt', 'part0.bak', 'empty') }),
  fc.record({ kind: fc.constant('value' as const), key: fc.constantFrom('Example', 'Example\\Key0', 'Example\\Key1\\Deep'), name: fc.constantFrom('Theirs', 'value 9') }),
  fc.record({ kind: fc.constant('changed' as const), part: fc.nat(3) }),
)
type Foreign = typeof foreign extends fc.Arbitrary<infer Value> ? Value : never

const guid = (index: number): string => `{${String(index).padStart(8, '0')}-1111-2222-3333-444444444444}`
const fileOf = ({ where }: Part, index: number): string => `${paths[where]}\\part${index}.dll`

function packageOf(stage: InstallStage, name: ProductName, parts: readonly Part[]): string {
  const builder = aPackage({ name: `Product ${name}` })
  const main = builder.feature('Main')
  for (const [index, { where, flags, owners, extras }] of parts.entries()) {
    if (!owners.includes(name)) continue
    const attributes = (flags.includes('counted') ? componentAttribute.sharedDllRefCount : 0) | (flags.includes('transitive') ? componentAttribute.transitive : 0)
    const component = main.file(builder.folder(places[where]), `part${index}.dll`, `part ${index}`, {
      key: `file${index}`, component: { guid: guid(index), attributes, permanent: flags.includes('permanent'), ...(flags.includes('transitive') ? { condition: 'not UNWANTED' } : {}) },
    })
    if (extras.includes('value')) component.registry('HKLM', `Software\\Example\\Key${index}`, `value ${index}`, 'ours')
    if (extras.includes('environment')) component.row('Environment', { Environment: `e${index}`, Name: '=-*PATH', Value: `[~];C:\\Part${index}` })
    if (extras.includes('ini')) component.row('IniFile', { IniFile: `i${index}`, FileName: 'shared.ini', DirProperty: 'WindowsFolder', Section: `S${index % 2}`, Key: `k${index}`, Value: 'v', Action: 0 })
    if (extras.includes('folder')) component.createFolder(builder.folder(`${places[where]}\\made${index}`))
    if (extras.includes('shortcut')) component.shortcut(builder.folder('ProgramMenuFolder\\Example'), `Part ${index}`)
    if (extras.includes('copy')) component.row('DuplicateFile', { FileKey: `d${index}`, File_: `file${index}`, DestName: `copy${index}.dll`, DestFolder: null })
  }
  return stage.add(builder, `${name}.msi`)
}

/** Answers how the machine would differ had there never been a product. */
function put({ platform: { files, registry } }: InstallStage, one: Foreign, parts: readonly Part[]): void {
  if (one.kind === 'file') {
    createDirectories(files, paths[one.where])
    writeFile(files, `${paths[one.where]}\\${one.name}`, new TextEncoder().encode(one.name))
  } else if (one.kind === 'value') {
    registry.createKey(`HKLM\\SOFTWARE\\WOW6432Node\\${one.key}`)
    registry.setValue(`HKLM\\SOFTWARE\\WOW6432Node\\${one.key}`, one.name, { type: 'REG_SZ', data: 'theirs' })
  } else {
    const path = parts[one.part] === undefined ? undefined : fileOf(parts[one.part]!, one.part)
    // What a user has made of our file goes with the product, as on Windows.
    if (path !== undefined && files.stat(path)?.kind === 'file') writeFile(files, path, new TextEncoder().encode('changed by the user'))
  }
}

/** What a permanent component leaves, and that Windows does not tidy up after the last product. */
function stays(line: string, parts: readonly Part[], used: ReadonlySet<number>): boolean {
  const permanent = [...used].filter((index) => parts[index]!.flags.includes('permanent'))
  const ofPermanent = permanent.flatMap((index) => {
    const file = fileOf(parts[index]!, index)
    return [file, `${paths[parts[index]!.where]}\\copy${index}.dll`, `${paths[parts[index]!.where]}\\made${index}`, `\\Example\\Key${index}`, `Part ${index}.lnk`, `C:\\Part${index}`, `value ${index}`]
  })
  if (permanent.length > 0 && /\\(?:Example|deep|deeper|Shared|Common Files)(?:: directory|: key)/.test(line)) return true
  if (permanent.length > 0 && /Start Menu|shared\.ini|Environment → Path|\\(?:Components|Folders|SharedDLLs)\b/i.test(line)) return true
  if (ofPermanent.some((text) => line.includes(text))) return true
  // A folder that an installation made, and where others have something by now, is still known as that.
  if (/\\Installer\\Folders → /.test(line)) return true
  // Keys that Windows makes for the first product and keeps after the last one.
  return /^\+ HK\w+\\.*(?:Installer(?:\\(?:Products|Features|UpgradeCodes|Components|Folders|UserData(?:\\S-[\d-]+(?:\\(?:Products|Components))?)?))?|Uninstall|SharedDLLs): key$/i.test(line)
}

test('two products with shared parts leave exactly what others own', async () => {
  const order = fc.constantFrom<readonly ProductName[]>(['A', 'B'], ['B', 'A'])
  await fc.assert(fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), fc.array(fc.array(foreign, { maxLength: 3 }), { minLength: 3, maxLength: 3 }), order, order, fc.boolean(), async (parts, [before, between, after], installs, removals, reinstalls) => {
    const stage = aMachine({ files: { 'C:\\Program Files (x86)\\Common Files\\': '' } })
    // The same foreign things on a machine without products: what has to be left.
    const bare = aMachine({ files: { 'C:\\Program Files (x86)\\Common Files\\': '' } })
    const both = (some: readonly Foreign[]): void => {
      for (const one of some) { put(stage, one, parts); if (one.kind !== 'changed') put(bare, one, []) }
    }
    both(before!)
    const codes = new Map<ProductName, string>()
    const used = new Set<number>()
    for (const name of installs) {
      const { exitCode, productCode } = await stage.install(packageOf(stage, name, parts))
      assert.equal(exitCode, 0, stage.log.join('\n'))
      codes.set(name, productCode)
      for (const [index, { owners }] of parts.entries()) if (owners.includes(name)) used.add(index)
      both(name === installs[0] ? between! : after!)
    }
    if (reinstalls) assert.equal((await stage.configure(codes.get('A')!, { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'omus', UNWANTED: '1' } })).exitCode, 0, stage.log.join('\n'))
    const [first, second] = removals
    assert.equal((await stage.uninstall(codes.get(first!)!)).exitCode, 0, stage.log.join('\n'))
    // What the other product has is there still, unless its condition took it out in a reinstallation.
    for (const [index, one] of parts.entries()) {
      const isTransitive = one.flags.includes('transitive')
      if (one.owners.includes(second!) && !(isTransitive && reinstalls)) assert.notEqual(stage.text(fileOf(one, index)), undefined, `part ${index} of product ${second}`)
    }
    assert.equal((await stage.uninstall(codes.get(second!)!)).exitCode, 0, stage.log.join('\n'))
    assert.deepEqual(differences(withoutTimes(bare), withoutTimes(stage)).filter((line) => !stays(line, parts, used)), [])
  }), { numRuns: 20 })
})

/** The clocks of the two machines differ. */
function withoutTimes(stage: InstallStage): Map<string, string> {
  return new Map([...snapshotOf(stage)].map(([path, facts]) => [path, facts.replace(/ \d{12,}(?:\.\d+)?/g, '')]))
}
