// The few commands of cmd.exe that recordings run between installations: `reg add` and `reg delete`, joined by `&`.
import { createNodePlatform } from 'msikit/node'

/** The exit code, or a sentence when the command is none of them. */
export function runCmd(command: string, root: string): number | string {
  const { registry } = createNodePlatform({ root })
  for (const part of command.split('&')) {
    const words = [...part.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!)
    const [program, verb, key, ...options] = words
    if (program !== 'reg' || key === undefined) return `not understood: ${part}`
    const option = (name: string): string | undefined => options.includes(name) ? options[options.indexOf(name) + 1] : undefined
    const name = option('/v')
    if (verb === 'add' && name !== undefined) {
      registry.createKey(key)
      registry.setValue(key, name, { type: 'REG_SZ', data: option('/d') ?? '' })
    } else if (verb === 'delete' && name !== undefined) {
      registry.deleteValue(key, name)
    } else if (verb === 'delete') {
      registry.deleteKey(key)
    } else {
      return `not understood: ${part}`
    }
  }
  registry.flush()
  return 0
}
