// `msikit script`: runs people's maintenance scripts in VBScript and JScript, as cscript does on Windows.
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { createNodePlatform } from '../../node/index.ts'
import { decodeScript, defaultButton, FileSystemObject, InstallerObject, runScript, ScriptError, ScriptLimitError, Shell, type DispatchObject, type ScriptHost, type ScriptLanguage } from '../../scripting/index.ts'
import { openRootToRead, rootFolder, rootOption } from '../install/engine-options.ts'
import type { CommandInput, Host } from '../program/command.ts'
import { inputError, UsageError } from '../program/errors.ts'
import { commandRunner } from '../program/run-command.ts'
import { hostScriptFiles } from '../script/host-files.ts'
import { hostInstallerPort } from '../script/host-installer.ts'
import { hostShell } from '../script/host-shell.ts'
import { Network } from '../script/network.ts'
import { hostPaths } from '../script/paths.ts'
import { scriptRoot } from '../script/script-root.ts'
import { Quit, WScript } from '../script/wscript.ts'

const languages: Readonly<Record<string, ScriptLanguage>> = { '.vbs': 'vbscript', '.js': 'jscript' }

export const run = commandRunner({
  name: 'script',
  summary: 'Run a maintenance script in VBScript or JScript',
  about: 'What cscript does on Windows: WScript.Echo, Arguments and Quit; CreateObject for WindowsInstaller.Installer with all its databases,\n'
    + 'views and records, Scripting.FileSystemObject, Scripting.Dictionary, VBScript.RegExp and WScript.Shell (no programs are started).\n'
    + 'The script reads and writes files with your rights; installed products are those of the root. Everything after FILE is the\n'
    + 'script\'s, but for the options of cscript: //T:SECONDS is the time limit, //E:vbscript and //E:jscript name the language, //Nologo and the like say nothing.',
  arguments: [{ name: 'FILE', about: 'A script: .vbs or .js' }, { name: 'ARGS', about: 'Arguments of the script', count: 'any' }],
  options: { root: rootOption, 'time-limit': { value: 'SECONDS', about: 'End the script after so long; an hour by default' } },
  examples: [
    ['msikit script tables.vbs app.msi', 'A script and its argument'],
    ['msikit script --root ./image products.js /verbose', 'Products installed in a root'],
  ],
  rawArguments: true, noJson: true,
  run: async ({ positionals }, host) => {
    const { file, language, args, root, seconds } = split(positionals)
    try {
      await runScript({ language, source: decodeScript(read(file)), host: scriptHost(file, args, root, host), limits: { milliseconds: seconds * 1000, steps: Infinity } })
      return 0
    } catch (error) {
      if (error instanceof Quit) return error.code
      if (!(error instanceof ScriptError) && !(error instanceof ScriptLimitError)) throw error
      const place = error.position === undefined ? '' : `(${error.position.line}, ${error.position.column})`
      host.out.flush()
      host.err.line(`${file}${place} ${error instanceof ScriptError ? error.source : 'msikit'}: ${error.message}`)
      return 1
    } finally {
      host.err.flush()
    }
  },
})

interface Call {
  readonly file: string
  readonly language: ScriptLanguage
  readonly args: readonly string[]
  readonly root: string | undefined
  readonly seconds: number
}

/** Options of cscript, which stand before or behind the file: those that say nothing here, a time limit, and the language. */
const hostOption = /^\/\/(?:(?:nologo|logo|b|i|d|x|u|s|h:[cw]script)|t:(\d{1,5})|e:(vbscript|jscript|javascript))$/i

/** Options of ours stand before the file. */
function split(words: readonly string[]): Call {
  let at = 0
  let root: string | undefined
  let seconds = 3600
  for (; words[at]?.startsWith('--') === true || hostOption.test(words[at] ?? ''); at++) {
    if (hostOption.test(words[at]!)) continue
    const [, name, inline] = /^(--[^=]*)(?:=(.*))?$/s.exec(words[at]!)!
    const value = inline ?? words[++at]
    if (value === undefined) throw new UsageError(`${name!}: expected a value, found nothing`)
    if (name === '--root') root = value
    else if (name === '--time-limit' && Number(value) > 0) seconds = Number(value)
    else throw new UsageError(name === '--time-limit' ? `--time-limit: expected seconds, found ${value}` : `there is no option ${name!} before the script`)
  }
  const file = words[at]
  if (file === undefined) throw new UsageError('expected FILE, a script, found nothing')
  const [limit, named] = [lastGroup(words, 1), lastGroup(words, 2)]
  const language = named === undefined ? languages[extname(file).toLowerCase()] : named.toLowerCase() === 'vbscript' ? 'vbscript' : 'jscript'
  if (language === undefined) throw new UsageError(`expected a script that ends in .vbs or .js, or //E:vbscript or //E:jscript before it, found ${file}`)
  return { file, language, args: words.slice(at + 1).filter((word) => !hostOption.test(word)), root, seconds: Number(limit ?? 0) || seconds }
}

function lastGroup(words: readonly string[], group: number): string | undefined {
  return words.map((word) => hostOption.exec(word)?.[group]).findLast((one) => one !== undefined)
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (error) {
    throw inputError(file, 'a script', error)
  }
}

function scriptHost(file: string, args: readonly string[], root: string | undefined, host: Host): ScriptHost {
  const input: CommandInput = { positionals: [], has: () => false, value: (name) => name === 'root' ? root : undefined, values: () => [], json: false }
  const windowsRoot = scriptRoot((toWrite) => toWrite ? createNodePlatform({ root: rootFolder(input, host) }) : openRootToRead(input, host))
  const paths = hostPaths(() => windowsRoot.look())
  const port = hostInstallerPort(windowsRoot, paths, host.env)
  const create = (id: string): DispatchObject | undefined => {
    switch (id.toLowerCase()) {
      case 'windowsinstaller.installer': return new InstallerObject(port)
      case 'scripting.filesystemobject': return new FileSystemObject(hostScriptFiles(paths, 'C:\\Windows', (which) => wscript.object.stream(which)))
      case 'wscript.shell': return new Shell(hostShell(host, paths, windowsRoot))
      case 'wscript.network': return new Network()
      default: return undefined
    }
  }
  const wscript = { object: new WScript(file, args, host, create) }
  return {
    objects: new Map([['WScript', wscript]]), createObject: create, now: () => Date.now(), utcOffsetMinutes: port.utcOffsetMinutes,
    messageBox: (text, style) => {
      host.out.line(text)
      return defaultButton(style)
    },
    breathe: () => new Promise((done) => { setImmediate(done) }),
  }
}
