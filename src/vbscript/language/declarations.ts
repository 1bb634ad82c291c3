// Procedures and classes.
// https://learn.microsoft.com/previous-versions/4ah5852c(v=vs.85) (Class statement), Function, Sub, Property Get, Let and Set
import type { Access, ClassDeclaration, Parameter, ProcedureDeclaration, VariableDeclaration } from './ast.ts'
import { isEnd, takeEnd } from './blocks.ts'
import type { Parser } from './parser.ts'

/** From the word Sub, Function or Property on. */
export function parseProcedure(parser: Parser, access: Access, isDefault: boolean): ProcedureDeclaration {
  const { reader } = parser
  const { line, column } = reader.token
  const word = reader.advance().text.toLowerCase() as 'sub' | 'function' | 'property'
  const kind = word === 'property' ? propertyKind(parser) : word
  const name = reader.name()
  const parameters = parseParameters(parser)
  if ((kind === 'let' || kind === 'set') && parameters.length === 0) throw reader.error(1054)
  const body = parser.block({ procedure: word, inDo: false, inFor: false }, () => isEnd(parser, word))
  takeEnd(parser, word, 1014)
  return { type: 'procedure', kind, name, parameters, body, access, isDefault, line, column }
}

function propertyKind({ reader }: Parser): 'get' | 'let' | 'set' {
  if (reader.takeWord('get')) return 'get'
  if (reader.takeKeyword('let')) return 'let'
  if (reader.takeKeyword('set')) return 'set'
  throw reader.error(1049)
}

function parseParameters({ reader }: Parser): Parameter[] {
  const parameters: Parameter[] = []
  if (!reader.takeSign('(')) return parameters
  if (reader.takeSign(')')) return parameters
  do {
    const byValue = reader.takeKeyword('byval')
    if (!byValue) reader.takeKeyword('byref')
    const name = reader.name()
    if (parameters.some((one) => one.name.toLowerCase() === name.toLowerCase())) throw reader.error(1041)
    parameters.push({ name, byValue })
    if (reader.takeSign('(')) reader.expectSign(')', 1006)
  } while (reader.takeSign(','))
  reader.expectSign(')', 1006)
  return parameters
}

export function parseClass(parser: Parser): ClassDeclaration {
  const { reader } = parser
  const { line, column } = reader.token
  reader.advance()
  const name = reader.name()
  const fields: (VariableDeclaration & { access: Access })[] = []
  const members: ProcedureDeclaration[] = []
  for (;;) {
    reader.skipSeparators()
    if (isEnd(parser, 'class')) break
    if (reader.token.kind === 'end') throw reader.error(1014)
    const access = reader.takeKeyword('private') ? 'private' : reader.takeKeyword('public') ? 'public' : undefined
    const isDefault = reader.isWord('default') && (reader.next.kind === 'keyword' || reader.next.text.toLowerCase() === 'property')
    if (isDefault) {
      if (access !== 'public') throw reader.error(1057)
      reader.advance()
    }
    if (isProcedureStart(parser)) {
      addMember(parser, members, parseProcedure(parser, access ?? 'public', isDefault))
    } else {
      if (isDefault) throw reader.error(1058)
      if (reader.takeKeyword('dim') || access !== undefined) fields.push(...parser.variableList().map((one) => ({ ...one, access: access ?? 'public' } as const)))
      else throw reader.error(1002)
    }
    if (!reader.isStatementEnd()) throw reader.error(1025)
  }
  takeEnd(parser, 'class', 1047)
  return { type: 'class', name, fields, members, line, column }
}

function isProcedureStart({ reader }: Parser): boolean {
  return reader.isKeyword('sub') || reader.isKeyword('function') || (reader.isWord('property') && reader.next.kind !== 'sign')
}

function addMember({ reader }: Parser, members: ProcedureDeclaration[], member: ProcedureDeclaration): void {
  const same = members.filter((one) => one.name.toLowerCase() === member.name.toLowerCase())
  if (same.some((one) => one.kind === member.kind || !isProperty(one) || !isProperty(member))) throw reader.error(1041)
  if (member.isDefault && members.some((one) => one.isDefault && !same.includes(one))) throw reader.error(1052)
  if (/^class_(initialize|terminate)$/i.test(member.name) && member.parameters.length > 0) throw reader.error(1053)
  members.push(member)
}

function isProperty({ kind }: ProcedureDeclaration): boolean {
  return kind === 'get' || kind === 'let' || kind === 'set'
}
