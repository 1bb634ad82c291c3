// The automation objects as maintenance scripts use them: databases opened, queried, changed and saved; records; summary information.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { InstallerObject, type InstallerPort } from 'msikit/automation'
import { bytesSource, WindowsError } from 'msikit/base'
import { long, type DispatchObject } from 'msikit/vbscript'
import { echoed } from './run-script.ts'

function machine(): { port: InstallerPort; files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>([['/text', new TextEncoder().encode('stream of bytes')]])
  const port: InstallerPort = {
    version: '5.0', utcOffsetMinutes: 0,
    files: {
      read: (path) => {
        const bytes = files.get(path)
        if (bytes === undefined) throw new WindowsError('ERROR_FILE_NOT_FOUND', `${path}: not found`)
        return bytesSource(bytes)
      },
      write: (path, write) => {
        const chunks: number[] = []
        write({ write: (chunk) => { chunks.push(...chunk) } })
        files.set(path, Uint8Array.from(chunks))
      },
      createFolder: () => {}, join: (folder, name) => `${folder}/${name}`, attributes: () => 32, version: () => ({ version: '1.2.3.4', languages: '1033' }), hash: () => [1, 2, 3, 4],
    },
  }
  return { port, files }
}

async function run(source: string, { port } = machine()): Promise<string[]> {
  return echoed(`Set installer = CreateObject("WindowsInstaller.Installer")\n${source}`, {
    createObject: (id): DispatchObject | undefined => id === 'WindowsInstaller.Installer' ? new InstallerObject(port) : undefined,
  })
}

test('a database is created, filled, saved, opened again and asked', async () => {
  assert.deepEqual(await run(`
    Set db = installer.OpenDatabase("/new.msi", 3)
    Set view = db.OpenView("CREATE TABLE \`T\` (\`Key\` CHAR(72) NOT NULL, \`Number\` SHORT, \`Data\` OBJECT PRIMARY KEY \`Key\`)")
    view.Execute: view.Close
    Set view = db.OpenView("INSERT INTO \`T\` (\`Key\`, \`Number\`, \`Data\`) VALUES (?, ?, ?)")
    Set rec = installer.CreateRecord(3)
    rec.StringData(1) = "one": rec.IntegerData(2) = 7: rec.SetStream 3, "/text"
    view.Execute rec
    Set si = db.SummaryInformation(5): si.Property(2) = "A title": si.Property(12) = #1/2/2003 4:05:06 AM#: si.Persist
    db.Commit
    Set db = installer.OpenDatabase("/new.msi", 0)
    Echo db.DatabaseState, db.TablePersistent("T"), db.TablePersistent("U"), db.PrimaryKeys("T").StringData(1)
    Set view = db.OpenView("SELECT * FROM \`T\`"): view.Execute
    Set names = view.ColumnInfo(0): Set types = view.ColumnInfo(1)
    For i = 1 To names.FieldCount: s = s & names.StringData(i) & ":" & types.StringData(i) & " ": Next
    Echo s
    Do
      Set rec = view.Fetch
      If rec Is Nothing Then Exit Do
      Echo rec.StringData(1), rec.IntegerData(2) + 1, rec.DataSize(3), rec.ReadStream(3, 6, 2) & "|" & rec.ReadStream(3, 100, 1)
    Loop
    Echo db.SummaryInformation.Property(2), db.SummaryInformation(0).Property(12), TypeName(db)
  `), ['0 1 2 Key', 'Key:s72 Number:I2 Data:V0 ', 'one 8 15 stream| of bytes', 'A title 1/2/2003 4:05:06 AM Database'])
})

test('rows are changed through a view, and validation says what is wrong', async () => {
  assert.deepEqual(await run(`
    Set db = installer.OpenDatabase("", 3)
    db.OpenView("CREATE TABLE \`T\` (\`K\` CHAR(9) NOT NULL, \`V\` CHAR(9) PRIMARY KEY \`K\`)").Execute
    db.OpenView("INSERT INTO \`T\` (\`K\`, \`V\`) VALUES ('a', 'b')").Execute
    Set view = db.OpenView("SELECT * FROM T"): view.Execute
    Set rec = view.Fetch: rec.StringData(2) = "c": view.Modify 2, rec
    rec.StringData(1) = "d": view.Modify 1, rec
    Set view = db.OpenView("SELECT K, V FROM T"): view.Execute
    Set rec = view.Fetch: Echo rec.StringData(1) & rec.StringData(2): On Error Resume Next: view.Modify 9, rec
    Echo Err.Source, view.GetError, view.GetError: On Error GoTo 0
    view.Modify 6, rec: Set rec = view.Fetch: Echo rec.StringData(1), view.Fetch Is Nothing
  `), ['ac', 'Msi API Error 01K 22K', 'd True'])
})

test('failures are errors of the interface, and are kept as a record', async () => {
  assert.deepEqual(await run(`
    Echo installer.LastErrorRecord Is Nothing
    On Error Resume Next
    Set db = installer.OpenDatabase("/none.msi", 0)
    Echo Err.Source, Hex(Err.Number), InStr(Err.Description, "OpenDatabase") = 1
    Echo installer.LastErrorRecord.IntegerData(1)
    Err.Clear: Set db = installer.OpenDatabase("", 3): db.OpenView "SELECT FROM": Echo Err.Source
    Err.Clear: db.NoSuch: Echo Err.Number
    Err.Clear: Set r = installer.CreateRecord(2): r.StringData(5) = "x": Echo Hex(Err.Number), r.StringData(9) & "|", r.IntegerData(9)
    Err.Clear: installer.InstallProduct "x", "": Echo Err.Number
  `), ['True', 'Msi API Error 80004005 True', '2203', 'Msi API Error', '438', '80004005 | -2147483648', '445'])
})

test('tables are exported, imported, merged and compared', async () => {
  const stage = machine()
  assert.deepEqual(await run(`
    Set a = installer.OpenDatabase("/a.msi", 3): a.OpenView("CREATE TABLE \`T\` (\`K\` CHAR(9) NOT NULL PRIMARY KEY \`K\`)").Execute
    a.OpenView("INSERT INTO \`T\` (\`K\`) VALUES ('x')").Execute: a.Commit
    a.Export "T", "/out", "T.idt"
    Set b = installer.OpenDatabase("/b.msi", 3): b.Import "/out", "T.idt": b.OpenView("INSERT INTO \`T\` (\`K\`) VALUES ('y')").Execute
    On Error Resume Next: b.CreateTransformSummaryInfo a, "/t.mst", 0, 0: Echo Err.Number <> 0: On Error GoTo 0
    For Each one In Array(a, b)
      one.OpenView("CREATE TABLE \`Property\` (\`Property\` CHAR(72) NOT NULL, \`Value\` LONGCHAR NOT NULL PRIMARY KEY \`Property\`)").Execute
      For Each property In Array("ProductCode", "ProductVersion"): one.OpenView("INSERT INTO \`Property\` (\`Property\`, \`Value\`) VALUES ('" & property & "', '1')").Execute: Next
    Next
    a.Commit
    Echo b.GenerateTransform(a, "/t.mst"): b.CreateTransformSummaryInfo a, "/t.mst", 0, 0
    Set c = installer.OpenDatabase("/a.msi", 0): c.ApplyTransform "/t.mst", 0
    Set v = c.OpenView("SELECT K FROM T ORDER BY K"): v.Execute: Echo v.Fetch.StringData(1) & v.Fetch.StringData(1)
    Echo a.Merge(b), a.GenerateTransform(b)
    Set r = installer.CreateRecord(1): r.StringData(0) = "<[1]> [P]": r.StringData(1) = "f": Echo r.FormatText
  `, stage), ['True', 'True', 'xy', 'False False', '<f> [P]'])
  assert.ok(new TextDecoder().decode(stage.files.get('/out/T.idt')).startsWith('K\r\ns9\r\nT\tK\r\n'))
})

/** As the reference of the automation interface lists them. */
const documented = {
  Installer: 'AddSource AdvertiseProduct AdvertiseScript ApplyMultiplePatches ApplyPatch ClearSourceList ClientsEx CollectUserInfo ComponentClients ComponentPath ComponentPathEx ComponentQualifiers Components ComponentsEx ConfigureFeature ConfigureProduct CreateAdvertiseScript CreateRecord EnableLog Environment ExtractPatchXMLData FeatureParent Features FeatureState FeatureUsageCount FeatureUsageDate FileAttributes FileHash FileSignatureInfo FileSize FileVersion ForceSourceListResolution InstallProduct LastErrorRecord OpenDatabase OpenPackage OpenProduct Patches PatchesEx PatchFiles PatchInfo PatchTransforms ProductElevated ProductInfo ProductInfoFromScript Products ProductsEx ProductState ProvideAssembly ProvideComponent ProvideQualifiedComponent QualifierDescription RegistryValue ReinstallFeature ReinstallProduct RelatedProducts RemovePatches ShortcutTarget SummaryInformation UILevel UseFeature Version',
  Database: 'ApplyTransform Commit CreateTransformSummaryInfo EnableUIPreview Export GenerateTransform Import Merge OpenView DatabaseState PrimaryKeys SummaryInformation TablePersistent',
  View: 'Close Execute Fetch GetError Modify ColumnInfo',
  Record: 'ClearData FormatText ReadStream SetStream DataSize FieldCount IntegerData IsNull StringData',
  SummaryInfo: 'Persist Property PropertyCount',
} as const

test('every member that the documentation has is there', async () => {
  const installer = new InstallerObject(machine().port)
  const database = await installer.invoke('OpenDatabase', 'get', ['', long(3)]) as DispatchObject
  const view = await database.invoke('OpenView', 'get', ['SELECT `Name` FROM `_Tables`']) as DispatchObject
  const record = await installer.invoke('CreateRecord', 'get', [long(1)]) as DispatchObject
  const summary = await database.invoke('SummaryInformation', 'get', []) as DispatchObject
  const objects: Readonly<Record<string, DispatchObject>> = { Installer: installer, Database: database, View: view, Record: record, SummaryInfo: summary }
  for (const [name, names] of Object.entries(documented)) {
    assert.deepEqual([name, objects[name]!.typeName, names.split(' ').filter((one) => objects[name]!.memberKind(one) === undefined)], [name, name, []])
  }
})
