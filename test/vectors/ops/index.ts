// Every operation that a step can name. A group of operations is a file of this folder; they are joined here.
import type { Operation } from '../world.ts'
import { databaseOperations } from './database.ts'
import { fileOperations } from './files.ts'
import { packageOperations } from './packages.ts'
import { queryOperations } from './query.ts'
import { recordOperations } from './record.ts'
import { storageOperations } from './storage.ts'
import { summaryOperations } from './summary.ts'
import { viewOperations } from './view.ts'

export const operations: Readonly<Record<string, Operation>> = {
  ...databaseOperations,
  ...fileOperations,
  ...packageOperations,
  ...queryOperations,
  ...recordOperations,
  ...storageOperations,
  ...summaryOperations,
  ...viewOperations,
}
