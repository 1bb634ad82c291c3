// The properties of one session. Changes are logged as msiexec logs them; hidden ones show asterisks.
// https://learn.microsoft.com/windows/win32/msi/properties; hidden: https://learn.microsoft.com/windows/win32/msi/msihiddenproperties
import type { Properties } from './properties.ts'
import { mask, type Secrets } from './secrets.ts'

/** A property is public when its name has no lower-case letter. */
export function isPublicProperty(name: string): boolean {
  return !/[a-z]/.test(name)
}

export class PropertyStore implements Properties {
  readonly #values = new Map<string, string>()
  readonly #log: (line: string) => void
  readonly #hidden = new Set<string>()
  readonly #computed = new Map<string, () => string>()

  readonly #secrets: Pick<Secrets, 'add'> | undefined
  /** Of Edit controls for passwords: no policy shows them. */
  readonly #passwords = new Set<string>()
  #observer: (name: string, value: string) => void = () => {}

  constructor(log: (line: string) => void = () => {}, secrets?: Pick<Secrets, 'add'>) {
    this.#log = log
    this.#secrets = secrets
  }

  get(name: string): string {
    return this.#values.get(name) ?? this.#computed.get(name)?.() ?? ''
  }

  has(name: string): boolean {
    return this.#values.has(name) || this.#computed.has(name)
  }

  /** A property that has a new value at each reading, such as Time. */
  compute(name: string, value: () => string): void {
    this.#computed.set(name, value)
  }

  set(name: string, value: string): void {
    const old = this.#values.get(name)
    if (old === value || (old === undefined && value === '')) return
    if (this.#hidden.has(name)) this.#secrets?.add(value)
    this.#log(this.#change(name, old, value))
    this.load(name, value)
  }

  /** Without a log line: the Property table, and what a session starts with. */
  load(name: string, value: string): void {
    if (value === '') this.#values.delete(name)
    else this.#values.set(name, value)
    this.#observer(name, value)
    if (this.#hidden.has(name)) this.#secrets?.add(value)
    if (name === 'MsiHiddenProperties') for (const one of listItems(value)) this.hide(one)
  }

  /** Tells of every change from now on; `''` is a property that is gone. */
  observe(observer: (name: string, value: string) => void): void {
    this.#observer = observer
  }

  entries(): Iterable<readonly [string, string]> {
    return this.#values.entries()
  }

  /** Never shown in a log from now on. */
  hide(name: string): void {
    this.#hidden.add(name)
    this.#secrets?.add(this.get(name))
  }

  /** What somebody types where it is not to be seen. */
  hidePassword(name: string): void {
    this.#passwords.add(name)
    this.hide(name)
  }

  isPassword(name: string): boolean {
    return this.#passwords.has(name)
  }

  isHidden(name: string): boolean {
    return this.#hidden.has(name)
  }

  /** The value as a log may show it. */
  shown(name: string, value = this.get(name)): string {
    return this.#hidden.has(name) ? mask : value
  }

  /** `Property(S): NAME = VALUE` for every property, sorted: the dump at the end of a log. */
  dump(side: 'C' | 'S'): string[] {
    return [...this.#values.keys()].sort().map((name) => `Property(${side}): ${name} = ${this.shown(name)}`)
  }

  #change(name: string, old: string | undefined, value: string): string {
    if (old === undefined) return `PROPERTY CHANGE: Adding ${name} property. Its value is '${this.shown(name, value)}'.`
    if (value === '') return `PROPERTY CHANGE: Deleting ${name} property. Its current value is '${this.shown(name, old)}'.`
    return `PROPERTY CHANGE: Modifying ${name} property. Its current value is '${this.shown(name, old)}'. Its new value: '${this.shown(name, value)}'.`
  }
}

/** The items of a list that is separated by semicolons. */
export function listItems(text: string): string[] {
  return text.split(';').map((item) => item.trim()).filter((item) => item !== '')
}
