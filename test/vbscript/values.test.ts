// Subtypes, conversions, operators and the built-in functions. Facts from the language reference.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { echoed, values } from './run-script.ts'

async function equal(table: Readonly<Record<string, string>>): Promise<void> {
  const results = await values(...Object.keys(table))
  assert.deepEqual(Object.fromEntries(Object.keys(table).map((one, at) => [one, results[at]])), table)
}

test('numbers take the subtype that they need', () => equal({
  'TypeName(1)': 'Integer', 'TypeName(32768)': 'Long', 'TypeName(2147483648)': 'Double', 'TypeName(1.0)': 'Double', 'TypeName(32767 + 1)': 'Long',
  'TypeName(2147483647 + 1)': 'Double', 'TypeName(4 / 2)': 'Double', 'TypeName(CByte(200) + CByte(100))': 'Integer', 'TypeName(7 \\ 2)': 'Integer', 'TypeName(CSng(1) + 1)': 'Single',
  'TypeName(#1/2/2003# + 1)': 'Date', 'TypeName(#1/2/2003# - #1/1/2003#)': 'Double', 'TypeName(CCur(1) * 2)': 'Currency', 'TypeName("1" + 1)': 'Double',
  'TypeName(True + 1)': 'Integer', 'TypeName(Empty)': 'Empty', 'TypeName(Null)': 'Null', 'TypeName(Nothing)': 'Nothing', 'VarType(Array(1))': '8204', 'TypeName(&H10&)': 'Long', 'Not CByte(1)': '254', '0 / 0': 'error 6', 'CInt(40000)': 'error 6',
}))

test('numbers are written with fifteen digits', () => equal({
  '1 / 3': '0.333333333333333', '2 / 3 * 100': '66.6666666666667', '1E15': '1E+15', '123456789012345': '123456789012345', '0.00001': '0.00001', '1E-16': '1E-16',
  '1 / 30000': '3.33333333333333E-05', '1.5E300': '1.5E+300', '-0.5': '-0.5', 'CSng(1 / 3)': '0.3333333', '1E308 * 10': 'error 6', '0.1 + 0.2': '0.3', '&HFF': '255', '&HFFFF': '-1', '&HFFFF&': '65535', '&O17': '15',
}))

test('operators follow the order and rules of the language', () => equal({
  '-2 ^ 2': '-4', '2 ^ 3 ^ 2': '64', '2 ^ -1': '0.5', '7 \\ 2 * 2': '1', '-7 \\ 2': '-3', '-7 Mod 3': '-1', '7.5 \\ 2': '4', '1 + 2 & 3': '33', '"1" + "2"': '12', '"1" + 2': '3', '"a" + 1': 'error 13',
  '1 & Null': '1', 'Null & Null': 'Null', '1 + Null': 'Null', 'Not True': 'False', 'Not 5': '-6', '5 And 3': '1', '5 Or 3': '7', '5 Xor 3': '6', 'True And 5': '5', 'Null And False': 'False', 'Null Or True': 'True',
  'Null And True': 'Null', 'True Imp False': 'False', '5 Eqv 3': '-7', '1 / 0': 'error 11', '1 Mod 0': 'error 11', '2 > 1 = True': 'True', 'Not 1 = 2': 'True',
}))

test('strings and numbers compare by what is literal', async () => {
  assert.deepEqual(await echoed('s = "1": n = 1\nEcho "1" = 1, "1" = n, s = 1, s = n, s > n, "10" < "9", Empty = "", Empty = 0, "a" < "B", IsNull(Null = Null)'),
    ['True True True False True True True True False True'])
})

test('values convert, and are rounded half to even', () => equal({
  'CInt(2.5)': '2', 'CInt(3.5)': '4', 'CLng("1,234.5")': '1234', 'CDbl(" -1.5e2 ")': '-150', 'CBool("True")': 'True', 'CBool(0)': 'False', 'CInt(True)': '-1', 'CStr(True)': 'True', 'CByte(256)': 'error 6',
  'CLng("&H10")': '16', 'CCur(1.23456)': '1.2346', 'Round(2.5)': '2', 'Round(1.005, 2)': '1', 'Round(-1.55, 1)': '-1.6', 'Int(-1.5)': '-2', 'Fix(-1.5)': '-1', 'Hex(-1)': 'FFFF', 'Hex(255)': 'FF', 'Hex(-100000)': 'FFFE7960', 'Oct(8)': '10',
  'CLng(Null)': 'error 94', 'IsNumeric("1e3")': 'True', 'IsNumeric("x")': 'False', 'IsNumeric(Empty)': 'True', 'Sgn(-3)': '-1', 'Abs(-3)': '3', 'Sqr(16)': '4', 'Sqr(-1)': 'error 5', 'Log(0)': 'error 5', 'FormatNumber(1234567.891, 1)': '1,234,567.9', 'FormatNumber(-0.5, 2, 0, -1)': '(.50)',
  'FormatPercent(0.125)': '12.50%', 'FormatCurrency(-1234.5)': '($1,234.50)', 'RGB(1, 2, 300)': '16712193',
}))

test('strings are cut, searched and joined', () => equal({
  'Left("abc", 2)': 'ab', 'Right("abc", 5)': 'abc', 'Mid("abcd", 2)': 'bcd', 'Mid("abcd", 2, 2)': 'bc', 'Mid("abc", 0)': 'error 5', 'Len(Null)': 'Null', 'Len(123)': '3', 'InStr("abcB", "B")': '4', 'InStr(1, "abcB", "B", 1)': '2', 'InStr(3, "abab", "a")': '3',
  'InStr("abc", "")': '1', 'InStr("", "a")': '0', 'InStrRev("abab", "a")': '3', 'InStrRev("abab", "a", 2)': '1', 'Replace("aXbxc", "x", "-", 1, -1, 1)': 'a-b-c', 'Replace("aaa", "a", "b", 2, 1)': 'ba', 'UCase("aä")': 'AÄ', 'Trim("  a ") & "|"': 'a|', 'Space(2) & "|"': '  |', 'String(3, "xy")': 'xxx', 'String(2, 65)': 'AA',
  'StrReverse("abc")': 'cba', 'StrComp("a", "B")': '1', 'StrComp("a", "B", 1)': '-1', 'Join(Split("a,b,,c", ","), "|")': 'a|b||c', 'UBound(Split("", ","))': '-1', 'UBound(Split("a b c", " ", 2))': '1', 'Join(Filter(Array("ab", "cd", "AB"), "a", True, 1))': 'ab AB', 'Asc("A")': '65', 'Asc("")': 'error 5', 'Chr(66)': 'B', 'Chr(128)': '€', 'Asc("€")': '128', 'AscW("€")': '8364', 'ChrW(8364)': '€', 'Escape("a ü€")': 'a%20%FC%u20AC', 'Unescape("%20%u20AC")': ' €', 'LCase(Null)': 'Null',
}))

test('dates are computed and written as in the United States', () => equal({
  'Now': '1/31/2004 4:05:06 PM', 'Date': '1/31/2004', 'Time': '4:05:06 PM', 'Timer': '57906', '#2/29/2004# + 1': '3/1/2004', 'CDate("31 January 2004 16:05")': '1/31/2004 4:05:00 PM', 'CDbl(#1/1/1900#)': '2', 'CDbl(#12/29/1899 6:00:00 AM#)': '-1.25', 'DateAdd("m", 1, "31-Jan-96")': '2/29/1996', 'DateAdd("ww", -1, #1/3/2004#)': '12/27/2003', 'DateAdd("s", 3600, #1/1/2000#)': '1/1/2000 1:00:00 AM',
  'DateDiff("d", #1/1/2000#, #3/1/2000#)': '60', 'DateDiff("yyyy", #12/31/1999#, #1/1/2000#)': '1', 'DateDiff("n", #1/1/2000 10:59:59 AM#, #1/1/2000 11:00:00 AM#)': '1', 'DateDiff("ww", #1/1/2000#, #1/2/2000#)': '1', 'DatePart("ww", #1/1/2005#, 2, 2)': '53', 'DatePart("q", #5/5/2005#)': '2', 'DatePart("y", #12/31/2004#)': '366', 'DateSerial(2004, 14, -1)': '1/30/2005', 'DateSerial(29, 1, 1)': '1/1/2029', 'TimeSerial(13, 70, 0)': '2:10:00 PM',
  'Weekday(#1/31/2004#)': '7', 'Weekday(#1/31/2004#, 2)': '6', 'WeekdayName(1)': 'Sunday', 'WeekdayName(1, True, 2)': 'Mon', 'MonthName(2)': 'February', 'MonthName(2, True)': 'Feb', 'Year("2004-05-06")': '2004', 'Hour(#10:30:15 PM#)': '22', 'FormatDateTime(#1/2/2003 4:05:06 AM#, 1)': 'Thursday, January 2, 2003', 'FormatDateTime(#1/2/2003 4:05:06 PM#, 4)': '16:05', 'IsDate("30 February 2004")': 'False', 'IsDate("2/3")': 'True', 'CDate("13/2/2004")': '2/13/2004', 'CDate("x")': 'error 13', 'DateAdd("x", 1, Now)': 'error 5', '#3:00:00 AM#': '3:00:00 AM',
}))

test('random numbers are the same in every script until they are asked not to be', () => equal({ 'Rnd': '0.7055475', 'Rnd(1)': '0.533424', 'Rnd(0)': '0.533424', 'Rnd(-1) = Rnd(-1)': 'True' }))

test('dictionaries keep keys of any kind in order', async () => {
  assert.deepEqual(await echoed(`
    Set d = CreateObject("Scripting.Dictionary")
    d.Add "b", 1: d("a") = 2: d.Item(3) = "three": d.Add 4.0, Array(1, 2)
    Echo d.Count, d.Exists("A"), d.Exists(CLng(3)), d("a"), Join(d.Keys, ","), TypeName(d)
    For Each k In d: s = s & k & ";": Next
    Echo s, d(4)(1)
    d.Key("b") = "c": d.Remove "a": Echo Join(d.Keys), d.Items()(0)
    On Error Resume Next
    d.Add "c", 1: Echo Err.Number
    d.Remove "zz": Echo Err.Number
    d.RemoveAll: d.CompareMode = vbTextCompare: d("X") = 1: Echo d.Exists("x")
  `), ['4 False True 2 b,a,3,4 Dictionary', 'b;a;3;4; 2', 'c 3 4 1', '457', '32811', 'True'])
})

test('regular expressions match, replace and tell where', async () => {
  assert.deepEqual(await echoed(`
    Set r = New RegExp
    r.Pattern = "(\\w+)=(\\d+)": r.Global = True: r.IgnoreCase = True
    Set m = r.Execute("a=1, bb=22")
    Echo m.Count, m(1).Value, m(1).FirstIndex, m(1).Length, m(1).SubMatches(1), m.Item(0).Value
    For Each one In m: s = s & one.SubMatches(0): Next
    Echo s, r.Replace("x=1", "$2-$1"), r.Test("none")
    On Error Resume Next
    r.Pattern = "(": r.Test "x": Echo Err.Number
    r.Pattern = "[z-a]": Err.Clear: r.Test "x": Echo Err.Number
  `), ['2 bb=22 5 5 22 a=1', 'abb 1-x False', '5020', '5021'])
})
