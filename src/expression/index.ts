export * from './condition.ts'
export { ConditionSyntaxError, type ComparisonOperator, type LogicalOperator, type SymbolSigil } from './condition-lexer.ts'
export { parseCondition, type ConditionNode, type ConditionValue } from './condition-parser.ts'
export * from './format.ts'
