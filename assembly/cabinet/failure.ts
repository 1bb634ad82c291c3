// What is wrong with the data: a code that src/cabinet/codec/wasm/wasm-decoder.ts turns into a sentence, and what was found and allowed.

export let failure: i32 = 0
export let found: i32 = 0
export let limit: i32 = 0

/** Always false, so that a caller can return it. */
export function fail(code: i32, what: i32 = 0, most: i32 = 0): bool {
  failure = code
  found = what
  limit = most
  return false
}

export function clearFailure(): void {
  failure = 0
  found = 0
  limit = 0
}

export const endOfBlock = 1
export const blockHeaderEnd = 2
export const blockType = 3
export const alignedEmpty = 4
export const mainEmpty = 5
export const preEmpty = 6
export const lengthEmpty = 7
export const preRepeat = 8
export const matchOffset = 9
export const matchLength = 10
export const uncompressedData = 11
export const mainIncomplete = 12
export const lengthIncomplete = 13
export const alignedIncomplete = 14
export const preIncomplete = 15
export const mainOversubscribed = 16
export const lengthOversubscribed = 17
export const alignedOversubscribed = 18
export const preOversubscribed = 19

export const streamEnd = 32
export const streamType = 33
export const storedHeader = 34
export const storedComplement = 35
export const storedLength = 36
export const tooLong = 37
export const codeCounts = 38
export const codeLengthCodes = 39
export const noEndOfBlock = 40
export const distanceCodes = 41
export const literalCodes = 42
export const unusedCodeLength = 43
export const nothingToRepeat = 44
export const tooManyLengths = 45
export const unusedLiteral = 46
export const unusedDistance = 47
export const distanceTooFar = 48
