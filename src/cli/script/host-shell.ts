// WScript.Shell of scripts that people run: environment and current folder of this process, the registry of the root.
import { homedir, hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { rootScriptRegistry } from '../../engine/index.ts'
import { defaultButton, type ShellHost } from '../../scripting/index.ts'
import type { Host } from '../program/command.ts'
import { told } from './host-files.ts'
import { scriptPath, type HostPath } from './paths.ts'
import type { ScriptRoot } from './script-root.ts'

/** What every Windows has, where this machine calls it otherwise. */
const ownVariables: Readonly<Record<string, () => string>> = {
  TEMP: () => scriptPath(tmpdir()), TMP: () => scriptPath(tmpdir()), USERNAME: () => userInfo().username, COMPUTERNAME: () => hostname(), USERPROFILE: () => scriptPath(homedir()),
}

export function hostShell(host: Host, hostPath: HostPath, root: ScriptRoot): ShellHost {
  const changed = new Map<string, string | undefined>()
  const variable = (name: string): string | undefined => {
    const key = name.toUpperCase()
    if (changed.has(key)) return changed.get(key)
    return Object.entries(host.env).find(([one]) => one.toUpperCase() === key)?.[1] ?? ownVariables[key]?.()
  }
  return {
    registry: rootScriptRegistry({ look: () => root.look(), write: (change) => {
      const platform = root.change()
      change(platform.registry)
      platform.registry.flush()
    } }),
    variable, setVariable: (name, value) => { changed.set(name.toUpperCase(), value) },
    variableNames: () => [...new Set([...Object.keys(host.env), ...changed.keys()])].filter((name) => variable(name) !== undefined),
    currentFolder: () => scriptPath(process.cwd()),
    changeFolder: (path) => { told(path, () => { process.chdir(hostPath(path)) }) },
    popup: (text, title, style) => {
      host.out.write(`${title === '' ? '' : `${title}: `}${text}\n`)
      return defaultButton(style)
    },
    specialFolder: (name) => {
      const folder = { desktop: 'Desktop', mydocuments: 'Documents' }[name.toLowerCase()]
      return folder === undefined ? '' : scriptPath(join(homedir(), folder))
    },
  }
}
