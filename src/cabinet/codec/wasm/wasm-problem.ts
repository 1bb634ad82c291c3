// The codes of assembly/cabinet/failure.ts as errors, in the words of the TypeScript decoders.
import { FormatError } from '../../../base/index.ts'

type Problem = readonly [field: string, expected: string, found?: string]

/** `#` stands for what was found, `%` for what was allowed. */
const problems: Readonly<Record<number, Problem>> = {
  1: ['data', 'symbols within the data block', 'its end'],
  2: ['block header', 'a block', 'the end of the data block'],
  3: ['block type', '1 to 3'],
  4: ['aligned offset tree', 'codes', 'none'],
  5: ['main tree', 'codes', 'none'],
  6: ['pre tree', 'codes', 'none'],
  7: ['length tree', 'codes', 'none'],
  8: ['pre tree', 'a difference to repeat', 'symbol #'],
  9: ['match offset', 'an offset within the data before'],
  10: ['match length', 'at most %'],
  11: ['uncompressed data', '% bytes'],
  12: ['main tree', 'lengths that form a complete code', 'too few'],
  13: ['length tree', 'lengths that form a complete code', 'too few'],
  14: ['aligned offset tree', 'lengths that form a complete code', 'too few'],
  15: ['pre tree', 'lengths that form a complete code', 'too few'],
  16: ['main tree', 'lengths that form a complete code', 'too many short ones'],
  17: ['length tree', 'lengths that form a complete code', 'too many short ones'],
  18: ['aligned offset tree', 'lengths that form a complete code', 'too many short ones'],
  19: ['pre tree', 'lengths that form a complete code', 'too many short ones'],
  32: ['data', 'an end of stream', 'the end of the block'],
  33: ['block type', '0 to 2', '3'],
  34: ['stored length', '4 bytes'],
  35: ['stored length', 'length and its complement', '#, %'],
  36: ['stored length', 'at most %'],
  37: ['data', 'no more than the block\'s uncompressed size', 'more'],
  38: ['code counts', 'at most 286 and 30', '# and %'],
  39: ['code length codes', 'lengths that form a code', 'too many short ones'],
  40: ['literal codes', 'a code for the end of the block', 'none'],
  41: ['distance codes', 'lengths that form a code', 'too many short ones'],
  42: ['literal codes', 'lengths that form a code', 'too many short ones'],
  43: ['code length codes', 'a code that is in use', 'another'],
  44: ['code lengths', 'a length to repeat', 'none'],
  45: ['code lengths', '%'],
  46: ['literal codes', 'a code that is in use', 'another'],
  47: ['distance codes', 'a code that is in use', 'another'],
  48: ['distance', 'at most %'],
}
const firstOfMszip = 32

export function wasmProblem(code: number, found: number, limit: number): FormatError {
  const [field, expected, text = '#'] = problems[code] ?? ['data', 'another', `problem ${code}`]
  return new FormatError({ structure: code < firstOfMszip ? 'LZX block' : 'MSZIP block', field,
    expected: expected.replace('%', `${limit}`), found: text.replace('#', `${found}`).replace('%', `${limit}`) })
}
