// The WScript object of Windows Script Host, as far as console scripts use it: Echo, Arguments, Quit, Sleep, the standard streams.
// https://learn.microsoft.com/previous-versions/at5ydy31(v=vs.84) (WScript object)
import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import {
  HostObject, indexed, isGiven, isObject, long, members, method, property, scriptError, TextStream, toBoolean, toLong, toText, type DispatchObject, type MemberTable, type Variant,
} from '../../scripting/index.ts'
import type { Host } from '../program/command.ts'
import { scriptArgument, scriptPath } from './paths.ts'

/** WScript.Quit: ends the script, whatever its error handling says. */
export class Quit extends Error {
  readonly code: number

  constructor(code: number) {
    super('quit')
    this.code = code
  }
}

export class WScript extends HostObject {
  readonly typeName = 'Object'
  readonly members: MemberTable<never> = table
  readonly file: string
  readonly name: string
  readonly host: Host
  readonly create: (programId: string) => DispatchObject | undefined
  readonly arguments: Arguments
  readonly output: TextStream
  readonly errors: TextStream
  isInteractive = true
  /** Seconds; what ends a script is --time-limit. */
  timeout = 0
  #input: TextStream | undefined

  constructor(file: string, args: readonly string[], host: Host, create: (programId: string) => DispatchObject | undefined) {
    super()
    this.file = scriptPath(file)
    this.name = basename(file)
    this.host = host
    this.create = create
    this.arguments = new Arguments(args.map(scriptArgument))
    this.output = TextStream.writing((text) => { host.out.write(text) }, '\n')
    this.errors = TextStream.writing((text) => { host.err.write(text) }, '\n')
  }

  get input(): TextStream {
    this.#input ??= TextStream.reading(readFileSync(0, 'utf8'))
    return this.#input
  }

  /** 0 in, 1 out, 2 errors. */
  stream(which: number): TextStream | undefined {
    return which === 0 ? this.input : which === 1 ? this.output : which === 2 ? this.errors : undefined
  }

  async echo(values: readonly Variant[]): Promise<void> {
    const texts: string[] = []
    for (const value of values) texts.push(toText(await plain(value)))
    this.host.out.write(`${texts.join(' ')}\n`)
    if (this.host.out.isTerminal) this.host.out.flush()
  }

  /** What was said is seen before the script waits. */
  sleep(ms: number): Promise<Variant> {
    this.host.out.flush()
    this.host.err.flush()
    return new Promise((done) => { setTimeout(() => { done(undefined) }, Math.max(0, ms)) })
  }

  createObject(name: string): DispatchObject {
    const object = this.create(name)
    if (object === undefined) throw scriptError(429, name)
    return object
  }
}

/** An object's default value. */
async function plain(value: Variant): Promise<Variant> {
  if (value === null) return 'Null'
  return isObject(value) ? await value.invoke('', 'get', []) : value
}

/** Of the program that runs scripts. */
const hostFolder = scriptPath(dirname(process.execPath))

const table = members<WScript>({
  '': property(() => 'Windows Script Host'), Name: property(() => 'Windows Script Host'), Version: property(() => '5.8'), BuildVersion: property(() => long(16384)),
  // Scripts look at its name to know whether they have a console.
  FullName: property(() => `${hostFolder}\\cscript.exe`), Path: property(() => hostFolder),
  Interactive: property((self) => self.isInteractive, (self, value) => { self.isInteractive = toBoolean(value) }), Timeout: property((self) => long(self.timeout), (self, value) => { self.timeout = toLong(value) }),
  ScriptFullName: property((self) => self.file), ScriptName: property((self) => self.name),
  Arguments: property((self) => self.arguments),
  StdOut: property((self) => self.output), StdErr: property((self) => self.errors), StdIn: property((self) => self.input),
  Echo: method([0, 128], (self, ...values) => self.echo(values).then(() => undefined)),
  Quit: method([0, 1], (_, code) => { throw new Quit(isGiven(code) ? toLong(code) : 0) }),
  Sleep: method(1, (self, ms) => self.sleep(toLong(ms))),
  CreateObject: method([1, 2], (self, name) => self.createObject(toText(name))),
})

/** `/name:value`, `/name+`, `/name-` and `/name` are named, all others are not; paths of this machine begin with a slash too, and have another one. https://learn.microsoft.com/previous-versions/z2b05k8s(v=vs.84) */
const namedArgument = /^\/([^:/]*?)(?:([+-])|:(.*))?$/s

class Arguments extends HostObject {
  readonly typeName = 'IArguments2'
  readonly members: MemberTable<never> = argumentsTable
  readonly list: readonly string[]
  readonly named: ReadonlyMap<string, Variant> | undefined

  constructor(list: readonly string[], named?: ReadonlyMap<string, Variant>) {
    super()
    this.list = list
    this.named = named
  }

  item(index: Variant): Variant {
    if (this.named !== undefined) return this.named.get(toText(index).toLowerCase())
    const text = this.list[toLong(index)]
    if (text === undefined) throw scriptError(9)
    return text
  }

  only(isNamed: boolean): Arguments {
    const list = this.list.filter((one) => namedArgument.test(one) === isNamed)
    if (!isNamed) return new Arguments(list)
    const pairs = list.map((one) => namedArgument.exec(one)!)
    return new Arguments(pairs.map(([, name]) => name!), new Map(pairs.map(([, name, sign, value]) => [name!.toLowerCase(), value ?? sign !== '-'])))
  }

  elements(): Iterable<Variant> {
    return this.list
  }
}

const argument = indexed<Arguments>(1, (self, index) => self.item(index))
const argumentsTable = members<Arguments>({
  '': argument, Item: argument, Count: property((self) => long(self.list.length)), Length: property((self) => long(self.list.length)),
  Named: property((self) => self.only(true)), Unnamed: property((self) => self.only(false)),
  Exists: method(1, (self, name) => self.named?.has(toText(name).toLowerCase()) ?? false),
})
