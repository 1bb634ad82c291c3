// Runs a VBScript for a test: what it echoes, or the error that it ends with.
import { compileVbScript, HostObject, members, method, ScriptError, toText, type ScriptHost } from 'msikit/vbscript'

class Console extends HostObject {
  readonly typeName = 'Console'
  readonly members = table
  readonly lines: string[] = []
}

const table = members<Console>({
  Echo: method([0, 20], (self, ...values) => void self.lines.push(values.map((one) => toText(one)).join(' '))),
  Later: method(1, async (_, value) => value),
  Refuse: method(0, async () => { throw new ScriptError(-2147467259, 'refused', { source: 'Console' }) }),
})

/** 2004-01-31 16:05:06 UTC. */
export const testMoment = Date.UTC(2004, 0, 31, 16, 5, 6)

export function testHost(extra: Partial<ScriptHost> = {}): { host: ScriptHost; lines: string[] } {
  const console = new Console()
  const host: ScriptHost = {
    objects: new Map([['Console', { object: console, globalMembers: true }]]),
    createObject: () => undefined, now: () => testMoment, utcOffsetMinutes: 0, ...extra,
  }
  return { host, lines: console.lines }
}

export async function echoed(source: string, extra: Partial<ScriptHost> = {}): Promise<string[]> {
  const { host, lines } = testHost(extra)
  const running = await compileVbScript(source).run(host)
  await running.end()
  return lines
}

/** Each expression's text, or the error's number. */
export async function values(...expressions: readonly string[]): Promise<string[]> {
  const source = expressions.map((one) => `On Error Resume Next\nErr.Clear\nx = "?"\nx = ${one}\nIf Err.Number <> 0 Then\nEcho "error " & Err.Number\nElseIf IsNull(x) Then\nEcho "Null"\nElse\nEcho x\nEnd If\n`).join('')
  return echoed(source)
}

export async function failure(source: string): Promise<string> {
  try {
    await echoed(source)
  } catch (error) {
    if (error instanceof ScriptError) return `${error.position?.line}, ${error.position?.column}: ${error.source}: ${error.message}`
    throw error
  }
  return 'no error'
}

