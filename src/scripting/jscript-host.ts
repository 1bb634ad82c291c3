// The host's side of a JScript: what its objects answer, kept in order, so that a script that is run again gets the answers of
// the run before without anything being done twice.
import { ownObject, ScriptError, scriptError, type InvokeKind, type ScriptHost, type Variant } from '../vbscript/index.ts'
import { ObjectTable } from './jscript-values.ts'

/** The run is given up until a call has its answer. */
export class Suspended extends Error {}

export class JournalledHost {
  readonly #host: ScriptHost
  readonly #objects = new ObjectTable()
  readonly #answers: string[] = []
  #next = 0
  #waiting: Promise<Variant> | undefined
  /** Why the script is not to go on: it waits, or the host ended it. */
  ended: { readonly by: unknown } | undefined

  constructor(host: ScriptHost) {
    this.#host = host
  }

  get isOver(): boolean {
    return this.ended !== undefined
  }

  /** From the first answer again. */
  rewind(): void {
    this.#next = 0
    this.ended = undefined
  }

  /** The answer to the call that the last run stopped at. */
  async settle(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = undefined
    let answer: string
    try {
      const value = await waiting
      await this.#host.breathe?.()
      answer = JSON.stringify(this.#objects.encode(value))
    } catch (error) {
      answer = refusal(error)
    }
    this.#answers.push(answer)
  }

  globals(): string {
    return this.#journalled(() => JSON.stringify([...this.#host.objects].map(([name, { object }]) => [name, this.#objects.numberOf(object)])))
  }

  now(): string {
    return this.#journalled(() => JSON.stringify(['d', this.#host.now()]))
  }

  kindOf(id: number, name: string): string {
    return this.#objects.object(id).memberKind(name) ?? ''
  }

  elements(id: number): string {
    return this.#journalled(() => {
      const list = this.#objects.elementsOf(id)
      if (list === undefined) throw scriptError(451)
      return JSON.stringify(list)
    })
  }

  create(name: string): string {
    return this.#journalled(() => {
      const object = ownObject(name) ?? this.#host.createObject(name)
      if (object === undefined) throw new ScriptError(429, 'Automation server can\'t create object')
      return JSON.stringify(this.#objects.encode(object))
    })
  }

  invoke(id: number, name: string, kind: string, args: string): string {
    return this.#journalled(() => {
      const result = this.#objects.object(id).invoke(name, kind as InvokeKind, this.#objects.decodeList(args))
      if (!(result instanceof Promise)) return JSON.stringify(this.#objects.encode(result))
      // Looked at in settle().
      result.catch(() => {})
      this.#waiting = result
      throw new Suspended('waiting')
    })
  }

  decode(text: string): Variant {
    return this.#objects.decode(JSON.parse(text) as [string])
  }

  #journalled(call: () => string): string {
    if (this.isOver) return ended
    const known = this.#answers[this.#next++]
    if (known !== undefined) return known
    try {
      const answer = call()
      this.#answers.push(answer)
      return answer
    } catch (error) {
      if (error instanceof ScriptError) {
        const answer = refusal(error)
        this.#answers.push(answer)
        return answer
      }
      this.ended = { by: error }
      return ended
    }
  }
}

const ended = JSON.stringify(['e', 0, 'ended', ''])

/** @throws what is no error of a script */
function refusal(error: unknown): string {
  if (!(error instanceof ScriptError)) throw error
  return JSON.stringify(['e', error.result, error.message, error.source.replace('Microsoft VBScript', 'Microsoft JScript')])
}
