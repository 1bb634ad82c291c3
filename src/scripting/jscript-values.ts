// Values between the JavaScript engine and the objects of the host: JSON of [kind, value].
import { date, double, isArray, long, missing, nothing, VariantArray, VariantNumber, VariantType, type DispatchObject, type Variant } from '../vbscript/index.ts'

type Encoded = readonly [kind: string, value?: unknown]

/** 1970-01-01. */
const unixDay = 25569

/** Objects that crossed over, by number. */
export class ObjectTable {
  readonly #objects: DispatchObject[] = []
  readonly #numbers = new Map<DispatchObject, number>()

  numberOf(object: DispatchObject): number {
    const known = this.#numbers.get(object)
    if (known !== undefined) return known
    this.#objects.push(object)
    this.#numbers.set(object, this.#objects.length - 1)
    return this.#objects.length - 1
  }

  object(number: number): DispatchObject {
    return this.#objects[number]!
  }

  encode(value: Variant): Encoded {
    if (value === undefined || value === missing) return ['u']
    if (value === null || value === nothing) return ['n']
    if (typeof value === 'string') return ['s', value]
    if (typeof value === 'boolean') return ['b', value]
    if (value instanceof VariantNumber) return value.type === VariantType.date ? ['t', Math.round((value.value - unixDay) * 86_400_000)] : ['d', value.value]
    if (isArray(value)) return ['a', value.cells.map((cell) => this.encode(cell))]
    return ['o', this.numberOf(value as DispatchObject)]
  }

  decode([kind, value]: Encoded): Variant {
    switch (kind) {
      case 'u': return undefined
      case 'n': return null
      case 'd': return numberOf(value as number)
      case 't': return date((value as number) / 86_400_000 + unixDay)
      case 'o': return this.object(value as number)
      case 'a': return VariantArray.of((value as Encoded[]).map((cell) => this.decode(cell)))
      default: return value as string | boolean
    }
  }

  /** Arguments as text of JSON. */
  decodeList(text: string): Variant[] {
    return (JSON.parse(text) as Encoded[]).map((one) => this.decode(one))
  }

  /** The elements of a collection, as an array. */
  elementsOf(number: number): Encoded | undefined {
    const object = this.object(number)
    return object.elements === undefined ? undefined : ['a', [...object.elements()].map((one) => this.encode(one))]
  }
}

function numberOf(value: number): Variant {
  return Number.isInteger(value) && Math.abs(value) <= 0x7fffffff ? long(value) : double(value)
}

