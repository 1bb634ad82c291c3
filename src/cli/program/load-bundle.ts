// Loads the bundle of a command, with V8's code cache beside it when there is one that fits: compiling is half of what
// an information command costs. scripts/code-cache.mjs writes the caches; a cache of another Node.js is not used.
// A function of Node.js is compiled when it is first called: these are few, and most of them a command needs too.
import type { Script } from 'node:vm'
import type { CommandRunner } from './run-command.ts'
import type { start } from './start.ts'

const { closeSync, fstatSync, openSync, readFileSync, readSync } = process.getBuiltinModule('node:fs')
const vm = process.getBuiltinModule('node:vm')

export interface CommandModule {
  readonly run: CommandRunner
}

/** What a bundle exports: commands by their names, and what runs one as the program. */
export interface Bundle {
  readonly start: typeof start
  readonly commands: Readonly<Record<string, CommandModule>>
}

export const cacheSuffix = '.cache'

/** What a bundle's file begins and ends with. */
export const bundleWrapper = { before: '(function (exports, require, module, __dirname) {', after: '})' }

/** `require` of the one who asks: what makes another takes a millisecond to load. */
type Require = (id: string) => unknown

export function loadBundle(path: string, require: Require): Bundle {
  return runBundle(compileBundle(path, readIfThere(path + cacheSuffix)), path, require)
}

/** The file has its wrapper within: adding one here would copy the whole text, enough to bring a garbage collection on. */
export function compileBundle(path: string, cachedData?: Buffer): Script {
  return new vm.Script(readFileSync(path, 'utf8'), { filename: path, ...(cachedData === undefined ? {} : { cachedData }) })
}

export function runBundle(script: Script, path: string, require: Require): Bundle {
  const module = { exports: {} }
  const wrapper = script.runInThisContext() as (exports: object, require: Require, module: { exports: object }, folder: string) => void
  // Of both kinds of separators, as on Windows there may be both.
  const folder = path.slice(0, path.lastIndexOf('/'))
  wrapper(module.exports, (id) => id.startsWith('node:') ? process.getBuiltinModule(id) : require(id.startsWith('./') ? `${folder}/${id}` : id), module, folder)
  return module.exports as Bundle
}

function readIfThere(path: string): Buffer | undefined {
  try {
    const file = openSync(path, 'r')
    const bytes = Buffer.allocUnsafeSlow(fstatSync(file).size)
    readSync(file, bytes, 0, bytes.length, 0)
    closeSync(file)
    return bytes
  } catch {
    return undefined
  }
}
