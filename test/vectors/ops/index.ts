// Every operation that a step can name. A group of operations is a file of this folder; they are joined here.
import type { Operation } from '../world.ts'
import { cabinetOperations } from './cabinets.ts'
import { componentOperations } from './components.ts'
import { databaseOperations } from './database.ts'
import { fileFactOperations } from './file-facts.ts'
import { fileOperations } from './files.ts'
import { installOperations } from './install.ts'
import { machineOperations } from './machine.ts'
import { messageOperations } from './messages.ts'
import { packageOperations } from './packages.ts'
import { productOperations } from './products.ts'
import { patchOperations } from './patches.ts'
import { productDetailOperations } from './product-details.ts'
import { queryOperations } from './query.ts'
import { recordOperations } from './record.ts'
import { registryOperations } from './registry.ts'
import { sessionOperations } from './session.ts'
import { storageOperations } from './storage.ts'
import { summaryOperations } from './summary.ts'
import { viewOperations } from './view.ts'

export const operations: Readonly<Record<string, Operation>> = {
  ...cabinetOperations,
  ...componentOperations,
  ...databaseOperations,
  ...fileFactOperations,
  ...fileOperations,
  ...installOperations,
  ...machineOperations,
  ...messageOperations,
  ...packageOperations,
  ...productOperations,
  ...patchOperations,
  ...productDetailOperations,
  ...queryOperations,
  ...recordOperations,
  ...registryOperations,
  ...sessionOperations,
  ...storageOperations,
  ...summaryOperations,
  ...viewOperations,
}
