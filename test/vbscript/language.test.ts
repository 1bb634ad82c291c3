// The language: statements, procedures, variables, classes, errors. Facts from the language reference.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { echoed, failure } from './run-script.ts'

test('loops run in all their forms', async () => {
  assert.deepEqual(await echoed(`
    For i = 1 To 3: s = s & i: Next
    For i = 10 To 1 Step -4: s = s & " " & i: Next
    For x = 1 To 2 Step 0.5
      s = s & " " & x
    Next
    For i = 5 To 1: s = s & "never": Next
    Echo s, i
    n = 0
    Do While n < 3
      n = n + 1
      If n = 2 Then Exit Do
    Loop
    Do: n = n + 10: Loop Until n > 25
    Do Until n > 30: n = n + 1: Loop
    While n < 33
      n = n + 1
    Wend
    Echo n
    For Each item In Array("a", Array(1, 2), Empty)
      t = t & TypeName(item) & " "
    Next
    Echo t
  `), ['123 10 6 2 1 1.5 2 5', '33', 'String Variant() Empty '])
})

test('conditions take one line or many', async () => {
  assert.deepEqual(await echoed(`
    a = 2
    If a = 1 Then Echo "one" Else If a = 2 Then Echo "two": Echo "still two" Else Echo "other"
    If a = 1 Then
      Echo "no"
    ElseIf a = 2 Then
      Echo "second branch"
    Else
      Echo "no"
    End If
    If Null Then Echo "no" Else Echo "Null is false"
    Select Case a * 2
      Case 1, 2: Echo "no"
      Case 3, 4
        Echo "four"
      Case Else Echo "no"
    End Select
    Select Case "x"
      Case "y"
      Case Else: Echo "else"
    End Select
  `), ['two', 'still two', 'second branch', 'Null is false', 'four', 'else'])
})

test('arguments are passed by reference unless they are values', async () => {
  assert.deepEqual(await echoed(`
    Sub Change(x): x = x & "!": End Sub
    Sub Keep(ByVal x): x = x & "!": End Sub
    a = "a": Change a: Echo a
    Change (a): Echo a
    Call Change(a): Echo a
    Keep a: Echo a
    Dim list(1): list(1) = "e": Change list(1): Echo list(1)
    Function Twice(n): Twice = n: Twice = Twice * 2: End Function
    Echo Twice(Twice(4)) & Twice (1)
    Sub Out(result): result = 5: End Sub
    Out fresh: Echo fresh
  `), ['a!', 'a!', 'a!!', 'a!!', 'e!', '162', '5'])
})

test('functions call themselves, and leave early', async () => {
  assert.deepEqual(await echoed(`
    Function Factorial(n)
      If n < 2 Then
        Factorial = 1
        Exit Function
      End If
      Factorial = n * Factorial(n - 1)
    End Function
    Echo Factorial(10), Factorial(20)
  `), ['3628800 2.43290200817664E+18'])
})

test('arrays have dimensions, grow, and are copied by assignment', async () => {
  assert.deepEqual(await echoed(`
    Dim grid(2, 3), list()
    grid(2, 3) = "corner": Echo UBound(grid), UBound(grid, 2), grid(2, 3) & grid(0, 0)
    ReDim list(1): list(0) = "a": list(1) = "b"
    ReDim Preserve list(3): list(3) = "d": Echo Join(list, "-")
    copy = list: copy(0) = "changed": Echo list(0), copy(0)
    ReDim list(0): Echo "[" & list(0) & "]"
    nested = Array(Array(1, 2), 3): nested(0)(1) = "in": Echo nested(0)(1)
    Erase grid: Echo "[" & grid(2, 3) & "]"
    On Error Resume Next
    x = list(7): Echo Err.Number, Err.Description
    Erase list: Err.Clear: x = UBound(list): Echo Err.Number
    Err.Clear: ReDim grid(1): Echo Err.Number
  `), ['2 3 corner', 'a-b--d', 'a changed', '[]', 'in', '[]', '9 Subscript out of range: \'[number: 7]\'', '9', '10'])
})

test('classes have fields, properties, methods, a default member, and events', async () => {
  assert.deepEqual(await echoed(`
    Class Box
      Private contents, count
      Public Label, Cells(2)
      Private Sub Class_Initialize: count = 10: End Sub
      Private Sub Class_Terminate: Echo "terminate " & Label: End Sub
      Public Default Property Get Item(key): Item = contents & key: End Property
      Public Property Let Item(key, value): contents = key & value: count = count + 1: End Property
      Public Property Set Inner(value): Set contents = value: End Property
      Public Property Get Inner: Set Inner = contents: End Property
      Public Property Get Total: Total = count: End Property
      Function Describe(prefix): Describe = prefix & Label & Helper(): End Function
      Private Function Helper: Helper = "?" & Me.Total: End Function
    End Class
    Set b = New Box
    b.Label = "L": b.Cells(1) = "c": Echo b.Label, b.Cells(1), b.Total
    b("k") = "v": Echo b("+"), b.Item("-"), b.Total
    Echo b.Describe("<")
    With b
      .Label = "W": Echo .Label, .Describe(">")
    End With
    Set b.Inner = b: Echo TypeName(b.Inner), b.Inner Is b, b Is Nothing
    On Error Resume Next
    Echo b.count: Echo Err.Number, Err.Description
  `), ['L c 10', 'kv+ kv- 11', '<L?11', 'W >W?11', 'Box True False', '438 Object doesn\'t support this property or method: \'b.count\'', 'terminate W'])
})

test('On Error Resume Next goes on with the next statement, in the procedure that said so', async () => {
  assert.deepEqual(await echoed(`
    Sub Fails: x = 1 / 0: Echo "not reached": End Sub
    Sub Survives
      On Error Resume Next
      Fails
      Echo "survived", Err.Number
      If 1 / 0 Then Echo "an error in the condition enters the branch"
      Err.Raise 1000, "me", "own words"
      Echo Err.Number, Err.Source, Err.Description
      On Error GoTo 0
      Echo Err.Number
    End Sub
    Survives
    On Error Resume Next
    For i = 1 To 2
      If i = 1 Then y = CInt("x") Else Echo "else"
      Echo i
    Next
    Err.Clear: Err.Raise vbObjectError + 7: Echo Hex(Err.Number)
  `), ['survived 11', 'an error in the condition enters the branch', '1000 me own words', '0', '1', 'else', '2', '80040007'])
})

test('text is run with Execute, ExecuteGlobal and Eval', async () => {
  assert.deepEqual(await echoed(`
    Execute "a = 1: Echo a + 1"
    Echo a, Eval("a * 10 + 5"), Eval("a = 1")
    Sub Local
      Dim inner: inner = 5
      Execute "inner = inner + 1: made = 7"
      Echo inner, made, Eval("inner * 2")
      ExecuteGlobal "shared = 1: Function Later(x): Later = x * 3: End Function"
    End Sub
    Local
    Echo shared, Later(4), "[" & made & "]"
    Set f = GetRef("Later"): Echo f(5)
    On Error Resume Next
    Execute "x = (": Echo Err.Number
  `), ['2', '1 15 True', '6 7 12', '1 12 []', '15', '1023'])
})

test('names need declaring with Option Explicit, and constants stay', async () => {
  assert.deepEqual(await echoed('Option Explicit\nDim a: a = 1\nConst c = &HFF, d = -1.5\nEcho a, c, d'), ['1 255 -1.5'])
  assert.equal(await failure('Option Explicit\nDim a\na = b'), '3, 1: Microsoft VBScript runtime error: Variable is undefined: \'b\'')
  assert.equal(await failure('Const c = 1\n  c = 2'), '2, 3: Microsoft VBScript runtime error: Illegal assignment')
})

test('constants are known before the statement that names them', async () => {
  assert.deepEqual(await echoed(`
    Show: Echo later
    Const later = "is known"
    Sub Show: Echo later & inner: Const inner = "!": End Sub
  `), ['is known!', 'is known'])
})

test('For Each takes an array of several dimensions with the first one fastest', async () => {
  assert.deepEqual(await echoed('Dim a(1, 2): For i = 0 To 1: For j = 0 To 2: a(i, j) = i & j: Next: Next\nFor Each one In a: s = s & one & " ": Next\nEcho s'), ['00 10 01 11 02 12 '])
})

test('errors say what and where', async () => {
  assert.equal(await failure('x = 1\n  y = CLng("abc")'), '2, 3: Microsoft VBScript runtime error: Type mismatch: \'[string: "abc"]\'')
  assert.equal(await failure('foo 1'), '1, 1: Microsoft VBScript runtime error: Type mismatch: \'foo\'')
  assert.equal(await failure('Set x = 5'), '1, 1: Microsoft VBScript runtime error: Object required')
  assert.equal(await failure('x.y = 5'), '1, 1: Microsoft VBScript runtime error: Object required: \'x\'')
  assert.equal(await failure('Set x = Nothing: x.y'), '1, 18: Microsoft VBScript runtime error: Object variable not set: \'x.y\'')
  assert.equal(await failure('Set x = CreateObject("No.Such")'), '1, 1: Microsoft VBScript runtime error: ActiveX component can\'t create object: \'No.Such\'')
  assert.equal(await failure('Sub s(a): End Sub\ns'), '2, 1: Microsoft VBScript runtime error: Wrong number of arguments or invalid property assignment: \'s\'')
  assert.equal(await failure('Sub s: s: End Sub\ns'), '1, 8: Microsoft VBScript runtime error: Out of stack space')
})

test('what is no script is refused before anything runs', async () => {
  for (const [source, expected] of [
    ['If x', '1, 5: Microsoft VBScript compilation error: Expected \'Then\''], ['x = "open', '1, 5: Microsoft VBScript compilation error: Unterminated string constant'],
    ['x = (1', '1, 7: Microsoft VBScript compilation error: Expected \')\''], ['Echo(1, 2)', '1, 11: Microsoft VBScript compilation error: Cannot use parentheses when calling a Sub'],
    ['Loop', '1, 1: Microsoft VBScript compilation error: \'loop\' without \'do\''], ['Next', '1, 1: Microsoft VBScript compilation error: Unexpected \'Next\''],
    ['Exit Do', '1, 6: Microsoft VBScript compilation error: Invalid \'exit\' statement'], ['x = 1 2', '1, 7: Microsoft VBScript compilation error: Expected end of statement'],
    ['Sub a\nx = 1', '2, 6: Microsoft VBScript compilation error: Expected \'End\''], ['x = ', '1, 5: Microsoft VBScript compilation error: Expected expression'],
    ['Const a = b', '1, 12: Microsoft VBScript compilation error: Expected literal constant'], ['Sub s\nDim a, A\nEnd Sub', '2, 1: Microsoft VBScript compilation error: Name redefined'],
  ] as const) assert.equal(await failure(source), expected, source)
})

test('comments, continued lines, colons and keywords as members are read as they are meant', async () => {
  assert.deepEqual(await echoed('Rem a comment\nx = 1 : Rem another\nx = x + _ \n  1 \' and one more\nEcho x: Echo [x] : [odd name] = 3: Echo [odd name]\nIf x = 2 Then \' comment\nEcho "then"\nEnd If'), ['2', '2', '3', 'then'])
})

test('calls of the host that take their time suspend the script', async () => {
  assert.deepEqual(await echoed(`
    Function Wait(x): Wait = Later(x) & Later("!"): End Function
    Echo Wait("a") & Wait("b")
    On Error Resume Next
    Refuse
    Echo Err.Source, Err.Description, Hex(Err.Number)
  `), ['a!b!', 'Console refused 80004005'])
})

test('a script without end is ended, and cannot forgive it', async () => {
  let now = 0
  await assert.rejects(echoed('On Error Resume Next\nDo: Loop', { now: () => (now += 1000) }), /ran for more than 600 seconds/)
})
