import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { conditionSymbols, ConditionSyntaxError, evaluateCondition, explainCondition, parseCondition, type ConditionContext } from './index.ts'

const context: ConditionContext = {
  property: (name) => ({ One: '1', Text: 'abc', Version: '5.01', Minus: '-7' })[name] ?? '',
  environment: (name) => name.toUpperCase() === 'OS' ? 'Windows_NT' : '',
  featureInstalled: (feature) => feature === 'Main' ? 3 : undefined,
  featureAction: (feature) => feature === 'Main' ? 2 : undefined,
  componentInstalled: (component) => component === 'core.exe' ? -1 : undefined,
  componentAction: (component) => component === 'core.exe' ? 3 : undefined,
}

const evaluates = (expected: string, conditions: readonly string[]): void => {
  for (const condition of conditions) {
    test(`${condition} is ${expected}`, () => assert.equal(evaluateCondition(condition, context), expected))
  }
}

evaluates('true', [
  'One', '"0"', 'Not Nothing', 'NOT One = 2', '%os = "Windows_NT"', '%OS ~<< "windows"',
  '!Main = 3 And &Main=2', '?core.exe = -1', '$core.exe=3', '&none = ""', '&none <> 3', '&Main',
  '1 OR 0 AND 0', '1 XOR 1 OR 0 XOR 1', '0 IMP 0 AND 0', 'NOT NOT 1', '((1))', 'Text >< "b"', 'Text ~= "ABC"',
  'Minus < 0', 'Version >= "5.0"', '65537 << 1', '65538 >> 2', 'One <> "x"', 'One=1', '"1" <> 1',
])
evaluates('false', ['Nothing', '&none', '%NONE', '1 AND 0 OR 0', 'Text = "ABC"', 'Nothing >< ""', '"1" = 1', 'Version > 5', '1 IMP 0'])
evaluates('none', ['', '  \t'])
evaluates('error', ['One =', '(One', 'One)', 'One Two', '"a', 'AND', '1 = = 2', '(1)=1', '~NOT 1', 'a ~ b', '1.5 < 2', 'x = 99999999999', '%', '$', 'é'])

test('the operators bind as documented: NOT, AND, OR, XOR, EQV, IMP', () => {
  const node = parseCondition('a IMP b EQV c XOR d OR e AND NOT f')!
  const path: string[] = []
  for (let one = node; ;) {
    path.push(one.kind)
    if (one.kind === 'not') break
    if (!('operands' in one)) assert.fail(one.kind)
    one = one.operands.at(-1)!
  }
  assert.deepEqual(path, ['imp', 'eqv', 'xor', 'or', 'and', 'not'])
})

test('a mistake is explained with its position', () => {
  const { error } = explainCondition('One AND (Two = ')
  assert.ok(error instanceof ConditionSyntaxError)
  assert.equal(error.position, 15)
  assert.equal(error.message, 'condition, character 16: expected a property, a literal or an integer, found the end of the condition')
  assert.match(explainCondition('(1').error!.message, /character 3: expected "\)" for the "\(" at character 1/)
  assert.match(explainCondition('a != b').error!.message, /character 3: expected a value/)
})

test('the symbols a condition depends on are listed once each', () => {
  assert.deepEqual(conditionSymbols(parseCondition('(A OR %B = "x") AND NOT A AND $C < &D')!), ['A', '%B', '$C', '&D'])
})

test('hostile nesting ends in an error, long chains do not', () => {
  assert.equal(evaluateCondition('('.repeat(100_000), context), 'error')
  assert.equal(evaluateCondition('NOT '.repeat(100_000) + '1', context), 'error')
  assert.equal(evaluateCondition(`${'('.repeat(300)}1${')'.repeat(300)}`, context), 'true')
  assert.equal(evaluateCondition('1 AND '.repeat(100_000) + '1', context), 'true')
})

test('any text gives a result', () => {
  const piece = fc.constantFrom('NOT ', 'AND ', 'OR ', 'XOR ', '(', ')', '"', '=', '<', '>', '~', 'One ', '1 ', '-', '$x ', '!', ' ', '.')
  fc.assert(fc.property(fc.oneof(fc.string(), fc.array(piece).map((parts) => parts.join(''))), (text) => {
    assert.match(evaluateCondition(text, context), /^(true|false|none|error)$/)
  }))
})

test('NOT turns every well-formed condition round', () => {
  const value = fc.constantFrom('One', 'Nothing', '"x"', '""', '0', '7', 'Text', '!Main')
  const operator = fc.constantFrom('=', '<>', '<', '<=', '>', '>=', '><', '<<', '>>', '~=', '~><')
  const term = fc.oneof(value, fc.tuple(value, operator, value).map((parts) => parts.join(' ')))
  const chain = fc.array(fc.tuple(fc.constantFrom('AND', 'OR', 'XOR', 'EQV', 'IMP'), term), { maxLength: 6 })
  fc.assert(fc.property(term, chain, (first, rest) => {
    const condition = `${first} ${rest.map((pair) => pair.join(' ')).join(' ')}`
    const result = evaluateCondition(condition, context)
    assert.equal(evaluateCondition(`NOT (${condition})`, context), result === 'true' ? 'false' : 'true')
  }))
})
