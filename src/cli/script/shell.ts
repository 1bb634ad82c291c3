// WScript.Shell: environment and current folder of this process. It starts no programs and has no registry.
// https://learn.microsoft.com/previous-versions/aew9yb99(v=vs.84) (WshShell object)
import { HostObject, indexed, isGiven, long, members, method, property, toText, type MemberTable, type Variant } from '../../scripting/index.ts'
import type { Host } from '../program/command.ts'
import { hostPath } from './paths.ts'

export class Shell extends HostObject {
  readonly typeName = 'IWshShell3'
  readonly members: MemberTable<never> = table
  readonly host: Host

  constructor(host: Host) {
    super()
    this.host = host
  }

  variable(name: string): string | undefined {
    return this.host.env[name] ?? Object.entries(this.host.env).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
  }

  expand(text: string): string {
    return text.replace(/%([^%]+)%/g, (whole, name: string) => this.variable(name) ?? whole)
  }
}

class Environment extends HostObject {
  readonly typeName = 'IWshEnvironment'
  readonly members: MemberTable<never> = environmentTable
  readonly shell: Shell

  constructor(shell: Shell) {
    super()
    this.shell = shell
  }
}

const item = indexed<Environment>(1, (self, name) => self.shell.variable(toText(name)) ?? '')
const environmentTable = members<Environment>({ '': item, Item: item, Count: property((self) => long(Object.keys(self.shell.host.env).length)) })

const table = members<Shell>({
  ExpandEnvironmentStrings: method(1, (self, text) => self.expand(toText(text))),
  Environment: indexed([0, 1], (self): Variant => new Environment(self)),
  CurrentDirectory: property(() => process.cwd(), (_, folder) => { process.chdir(hostPath(toText(folder))) }),
  Popup: method([1, 4], (self, text, _seconds, title) => {
    self.host.out.write(`${isGiven(title) ? `${toText(title)}: ` : ''}${toText(text)}\n`)
    return long(1)
  }),
})
