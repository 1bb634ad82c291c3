// Scripts: VBScript is compiled and run for a bounded number of steps, JScript is run for a moment.
import { HostObject, members, method, runScript, ScriptError, ScriptLimitError, indexed, toText, type ScriptHost } from 'msikit/scripting'
import { spliced } from './language-targets.ts'
import type { Target } from './target.ts'

const tokens = {
  vbscript: ['If', 'Then', 'Else', 'ElseIf', 'End If', 'End Sub', 'For', 'Each', 'In', 'Next', 'To', 'Step', 'Do', 'Loop', 'While', 'Until', 'Wend', 'Select Case', 'Case', 'End Select', 'With', 'End With', 'Sub f(a)', 'Function g', 'End Function',
    'Class C', 'End Class', 'Property Get p', 'Property Let p(v)', 'End Property', 'Dim', 'ReDim', 'Preserve', 'Erase', 'Const', 'Set', 'Call', 'Exit For', 'Exit Do', 'On Error Resume Next', 'On Error GoTo 0', 'Option Explicit', 'New C', 'Nothing', 'Empty', 'Null',
    'x', 'y', 'list(1)', 'T.P("a")', '.m', 'Execute', 'Eval', 'Array(1, 2)', 'Split("a b")', 'Mid(x, 2)', 'CInt', 'Replace', 'String(3, "x")', 'Err.Raise 5', '"text"', '"', '1', '2.5E3', '&HFF', '#1/2/2003#', '=', '<>', '+', '-', '*', '/', '\\', '^', '&', 'Mod', 'And', 'Not', 'Is', '(', ')', ',', ':', '_\n', '\n', "'", '[', ']'],
  jscript: ['var', 'function f(a) {', '}', '{', '(', ')', 'T.P("a") = 1', 'T.P(1)++', 'T.P("x") += ', 'if (', 'else', 'for (;;)', 'while', 'try {', 'catch (e) {', 'return', 'new', '/x/', '/', '"s"', "'", '`', '${', '=>', ';', ',', '.', '[', ']', '=', '==', '+', '++', 'x', '1', '?', ':', '/*@cc_on', '*/', '//', '\n', 'await', 'yield', 'class', '...'],
} as const

const examples = {
  vbscript: ['Sub f(a): a = a + 1: End Sub\nFor i = 1 To 3: f x: list = Array(i, x): Next\nIf x > 2 Then T.P("a") = x Else x = 0\n', 'Class C\nPrivate v\nProperty Let p(n): v = n: End Property\nProperty Get p: p = v: End Property\nEnd Class\nSet o = New C: o.p = "a" & o.p\nWith o\n.p = 1\nEnd With\n',
    'On Error Resume Next\nSelect Case x\nCase 1, 2: y = Mid("abc", 2)\nCase Else: y = CInt("z")\nEnd Select\nDo Until y = 5: y = y + 1: Loop\n', 'Dim a(2, 3): a(1, 1) = #1/2/2003#: ReDim b(2): ReDim Preserve b(9): Execute "b(1) = 2": Erase b\nx = Replace(String(9, "a"), "a", "bb") & Eval("1 + 2 ^ 3")\n'],
  jscript: ['var x = 1; T.P("a") = x + T.P("b"); function f(a) { return a ? f(a - 1) : T.P(0) += 2 }\nf(3)', 'try { T.P(1)++ } catch (e) { T.P(e.message) = [1, 2].join() }'],
} as const

class Thing extends HostObject {
  readonly typeName = 'Thing'
  readonly members = thingMembers
}
const thingMembers = members<Thing>({
  P: indexed(1, (_, name) => toText(name), () => {}), M: method([0, 3], async () => 'waited'),
})

const host: ScriptHost = { objects: new Map([['T', { object: new Thing(), globalMembers: true }]]), createObject: () => undefined, now: () => Date.now(), utcOffsetMinutes: 0 }

function scriptTarget(language: 'vbscript' | 'jscript', inputs: number): Target {
  return {
    seeds: () => examples[language].map((text) => ({ name: text.slice(0, 30), bytes: new TextEncoder().encode(text) })),
    mutate: (seed, random) => new TextEncoder().encode(spliced(new TextDecoder().decode(seed), tokens[language], random)),
    exercise: async (bytes) => {
      try {
        await runScript({ language, source: new TextDecoder().decode(bytes), host, limits: { steps: 50_000, milliseconds: 500, depth: 100 } })
      } catch (error) {
        if (!(error instanceof ScriptError) && !(error instanceof ScriptLimitError)) throw error
      }
    },
    inputs,
  }
}

export const scriptTargets: Readonly<Record<string, Target>> = { vbscript: scriptTarget('vbscript', 15_000), jscript: scriptTarget('jscript', 500) }
