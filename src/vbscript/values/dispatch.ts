// Objects as scripts see them: members found by name without regard to case, properties that may have arguments, a
// default member, enumeration. Host objects declare their members in a table. One protocol for every script language.
// https://learn.microsoft.com/windows/win32/api/oaidl/nf-oaidl-idispatch-invoke
import { scriptError } from './script-error.ts'
import { isObject, type Variant } from './variant.ts'

/** `get` is a call as well as a property's value; of `let` and `set` the last argument is the new value. */
export type InvokeKind = 'get' | 'let' | 'set'

/** What a member is without arguments: a language that can tell `f` from `f()` needs to know. */
export type MemberKind = 'method' | 'property' | 'indexed'

export interface DispatchObject {
  /** What TypeName answers. */
  readonly typeName: string
  /** @param name of a member, `''` the default one */
  invoke(name: string, kind: InvokeKind, args: readonly Variant[]): Variant | Promise<Variant>
  /** `undefined`: there is no such member. */
  memberKind(name: string): MemberKind | undefined
  /** For Each. */
  elements?(): Iterable<Variant>
}

export interface Member<Self> {
  readonly kind: MemberKind
  /** How many arguments a call or a property's value may have. */
  readonly arity: readonly [least: number, most: number]
  readonly get?: (self: Self, args: readonly Variant[]) => Variant | Promise<Variant>
  /** Property Let, and Property Set where the value may be an object. */
  readonly put?: (self: Self, value: Variant, args: readonly Variant[]) => void
}

export type MemberTable<Self> = ReadonlyMap<string, Member<Self>>

type Get<Self> = (self: Self, ...args: Variant[]) => Variant | Promise<Variant>
type Put<Self> = (self: Self, value: Variant, ...args: Variant[]) => void

export function method<Self>(arity: number | readonly [least: number, most: number], call: Get<Self>): Member<Self> {
  return { kind: 'method', arity: typeof arity === 'number' ? [arity, arity] : arity, get: (self, args) => call(self, ...args) }
}

export function property<Self>(get: Get<Self> | undefined, put?: Put<Self>): Member<Self> {
  return { kind: 'property', arity: [0, 0], ...accessors(get, put) }
}

/** A property with arguments, such as `Session.Property(name)`. */
export function indexed<Self>(arity: number | readonly [least: number, most: number], get: Get<Self> | undefined, put?: Put<Self>): Member<Self> {
  return { kind: 'indexed', arity: typeof arity === 'number' ? [arity, arity] : arity, ...accessors(get, put) }
}

function accessors<Self>(get: Get<Self> | undefined, put: Put<Self> | undefined): Pick<Member<Self>, 'get' | 'put'> {
  return {
    ...(get === undefined ? {} : { get: (self: Self, args: readonly Variant[]) => get(self, ...args) }),
    ...(put === undefined ? {} : { put: (self: Self, value: Variant, args: readonly Variant[]) => { put(self, value, ...args) } }),
  }
}

/** The member called `''` is the default one. */
export function members<Self>(table: Readonly<Record<string, Member<Self>>>): MemberTable<Self> {
  return new Map(Object.entries(table).map(([name, member]) => [name.toLowerCase(), member]))
}

/** @throws ScriptError 438 no such member, 450 wrong number of arguments or not to be assigned */
export function invokeMember<Self>(self: Self, table: MemberTable<Self>, name: string, kind: InvokeKind, args: readonly Variant[]): Variant | Promise<Variant> {
  const member = table.get(name.toLowerCase())
  if (member === undefined) throw scriptError(438, name === '' ? undefined : name)
  const given = kind === 'get' ? args.length : args.length - 1
  if (kind === 'get') {
    if (member.kind === 'property' && given > 0 && member.get !== undefined) return invokeResult(member.get(self, []), args, name)
    if (member.get === undefined || given < member.arity[0] || given > member.arity[1]) throw scriptError(450, name)
    return member.get(self, args)
  }
  if (member.put === undefined) throw scriptError(438, name)
  if (given < member.arity[0] || given > member.arity[1]) throw scriptError(450, name)
  return void member.put(self, args.at(-1), args.slice(0, -1))
}

/** Arguments of a property that takes none are meant for the default member of its value: `match.SubMatches(0)`. */
async function invokeLater(value: Promise<Variant>, args: readonly Variant[], name: string): Promise<Variant> {
  return invokeResult(await value, args, name)
}

function invokeResult(value: Variant | Promise<Variant>, args: readonly Variant[], name: string): Variant | Promise<Variant> {
  if (value instanceof Promise) return invokeLater(value, args, name)
  if (!isObject(value)) throw scriptError(450, name)
  return value.invoke('', 'get', args)
}

/** An object of the host with a table of members. */
export abstract class HostObject implements DispatchObject {
  abstract readonly typeName: string
  abstract readonly members: MemberTable<never>

  invoke(name: string, kind: InvokeKind, args: readonly Variant[]): Variant | Promise<Variant> {
    return invokeMember(this as never, this.members, name, kind, args)
  }

  memberKind(name: string): MemberKind | undefined {
    return this.members.get(name.toLowerCase())?.kind
  }
}
