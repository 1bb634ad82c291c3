// Every operation that a step can name. A group of operations is a file of this folder; they are joined here.
import type { Operation } from '../world.ts'
import { fileOperations } from './files.ts'

export const operations: Readonly<Record<string, Operation>> = {
  ...fileOperations,
}
