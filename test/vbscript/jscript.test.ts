// JScript: the habits of the language over host objects, its errors and its limits.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { InstallerObject, ScriptError, runScript, type Variant } from 'msikit/scripting'
import { testHost } from './run-script.ts'

async function run(source: string, entryPoint?: string, milliseconds = 60_000): Promise<{ lines: string[]; result: Variant }> {
  const { host, lines } = testHost({ createObject: (id) => id === 'WindowsInstaller.Installer' ? new InstallerObject({ version: '5.0', utcOffsetMinutes: 0 }) : undefined })
  const result = await runScript({ language: 'jscript', source, host, limits: { milliseconds }, ...(entryPoint === undefined ? {} : { entryPoint }) })
  return { lines, result }
}

async function failure(source: string, entryPoint?: string): Promise<string> {
  try {
    await run(source, entryPoint)
  } catch (error) {
    if (error instanceof ScriptError) return `${error.number} ${error.position?.line}: ${error.source}: ${error.message}`
    throw error
  }
  return 'no error'
}

test('properties with arguments are read and assigned', async () => {
  const { lines } = await run(`
    var installer = new ActiveXObject("WindowsInstaller.Installer")
    var record = installer.createRecord(3), key = 1
    record.StringData(1) = "one"
    record.StringData(key + 1) = record.StringData(1) + /* a comment */
      "/two)"
    record["IntegerData"](3) = 5; record.IntegerData(3) += 2 * 3
    record.IntegerData(3)++
    Console.Echo(record.StringData(1), record.stringdata(2), record.IntegerData(3), record.FieldCount, record.IsNull(1))
    if (record.IntegerData(3) == 12 && !(record.StringData(1) = "again")) Console.Echo("no"); else Console.Echo(record.StringData(1))
    Console.Echo([record.FieldCount(), record.StringData(record.FieldCount() - 1).toUpperCase()].join(" "), [3, 1, 2].sort(function (a, b) { return a - b }).join(""))
    Console.Echo(typeof record, String(installer.LastErrorRecord()), Console.Later("waited"))
  `)
  assert.deepEqual(lines, ['one one/two) 12 3 False', 'again', '3 ONE/TWO) 123', 'function null waited'])
})

test('calls that take their time are waited for, and nothing is done twice', async () => {
  const { lines } = await run(`
    var start = new Date().getTime(), chance = Math.random(), sum = ""
    for (var i = 0; i < 5; i++) { Console.Echo("before " + i); sum += Console.Later(i) }
    Console.Echo(sum, start == new Date().getTime(), chance >= 0 && chance < 1)
    function Main() { try { Console.Refuse() } catch (e) { return e.description + Console.Later("!") } }
  `, 'Main')
  assert.deepEqual(lines, ['before 0', 'before 1', 'before 2', 'before 3', 'before 4', '01234 True True'])
})

test('the entry point is called, and its result taken', async () => {
  assert.equal((await run('function Main() { return 1 }', 'Main')).result instanceof Object, true)
  assert.equal(String(((await run('var n = 2; function Main() { return n + 1 }', 'Main')).result as { value: number }).value), '3')
  assert.equal((await run('function Main() {}', 'Main')).result, undefined)
  assert.match(await failure('var x', 'Main'), /^438 1: Microsoft JScript runtime error: Object doesn't support this property or method: 'Main'/)
})

test('errors say what and where, and scripts catch those of the host', async () => {
  assert.match(await failure('var a = 1\nif (a'), /^1002 2: Microsoft JScript compilation error: Syntax error/)
  assert.equal(await failure('var a = 1;\n\n nothing.b = 2'), '5009 3: Microsoft JScript runtime error: \'nothing\' is undefined')
  assert.match(await failure('Console.Echo = null;\nfunction f() { throw new Error("own") }\nf()'), /^-2146827850 1: Microsoft JScript runtime error: Object doesn't support/)
  assert.equal(await failure('var x = 1\nfunction f() { throw new Error("own words") }\nf()'), '5022 2: Microsoft JScript runtime error: own words')
  const { lines } = await run('try { Console.Refuse() } catch (e) { Console.Echo(e.number, e.description, e.message) } try { new ActiveXObject("WScript.Shell") } catch (e) { Console.Echo(e.number & 0xffff) }')
  assert.deepEqual(lines, ['-2147467259 refused refused', '429'])
})

test('what the language has beyond today\'s JavaScript is there', async () => {
  const { lines } = await run(`
    /*@cc_on @*/
    var e = new Enumerator([1, 2]); var s = ""
    for (; !e.atEnd(); e.moveNext()) s += e.item()
    Console.Echo(s, ScriptEngine(), this.Console === Console)
    var d = new ActiveXObject("Scripting.Dictionary"); d.Add("a", 1); d.Item("b") = 2
    Console.Echo(d.Count, d("b"), new VBArray(d.Keys()).toArray().join("-"))
    if (/(\\w)(\\d)/.test("-a1+")) Console.Echo(RegExp.$1 + RegExp.$2, RegExp.leftContext, RegExp.rightContext)
    try { throw new Error(5, "own") } catch (e) { Console.Echo(e.number, e.description, e instanceof Error) }
    try { nowhere } catch (e) { Console.Echo(e.number & 0xffff, e instanceof ReferenceError) }
  `)
  assert.deepEqual(lines, ['12 JScript True', '2 2 a-b', 'a1 - +', '5 own True', '5009 True'])
})

test('a script has no way out of its sandbox, and no end of it stops the host', async () => {
  const { lines } = await run('Console.Echo(typeof process, typeof require, typeof fetch, typeof setTimeout, Console.constructor === undefined)')
  assert.deepEqual(lines, ['undefined undefined undefined undefined True'])
  let now = 0
  const { host } = testHost({ now: () => (now += 100) })
  await assert.rejects(runScript({ language: 'jscript', source: 'try { for (;;) {} } catch (e) {} finally { for (;;) {} }', host, limits: { milliseconds: 1000 } }), /longer than it may/)
  assert.match(await failure('function f() { return f() + 1 } f()'), /^28 /)
  assert.match(await failure('var s = "xxxxxxxx"; for (;;) s += s'), /^7 /)
})
