// Loads the bundle of a command, with V8's code cache beside it when there is one that fits: compiling is half of what
// an information command costs. scripts/code-cache.mjs writes the caches; a cache of another Node.js is not used.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'
import type { CommandRunner } from './run-command.ts'

export interface CommandModule {
  readonly run: CommandRunner
}

export const cacheSuffix = '.cache'

/** What a bundle's file begins and ends with. */
export const bundleWrapper = { before: '(function (exports, require, module, __dirname) {', after: '})' }

/** `require` of the one who asks: what makes another takes a millisecond to load. */
type Require = (id: string) => unknown

/** @param name one command of a bundle that has several */
export function loadBundle(path: string, require: Require, name?: string): CommandModule {
  const module = runBundle(compileBundle(path, readIfThere(path + cacheSuffix)), path, require)
  return name === undefined ? module as CommandModule : (module as Readonly<Record<string, CommandModule>>)[name]!
}

/** The file has its wrapper within: adding one here would copy the whole text, enough to bring a garbage collection on. */
export function compileBundle(path: string, cachedData?: Buffer): Script {
  return new Script(readFileSync(path, 'latin1'), { filename: path, ...(cachedData === undefined ? {} : { cachedData }) })
}

export function runBundle(script: Script, path: string, require: Require): Readonly<Record<string, CommandModule>> | CommandModule {
  const module = { exports: {} }
  const wrapper = script.runInThisContext() as (exports: object, require: Require, module: { exports: object }, folder: string) => void
  const folder = dirname(path)
  wrapper(module.exports, (id) => require(id.startsWith('./') ? join(folder, id) : id), module, folder)
  return module.exports
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}
