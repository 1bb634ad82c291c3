// The registration operations whose edits the script carries: ProductPublish, ProductRegister, FeaturePublish,
// UserRegister, UpgradeCodePublish, SourceListPublish, ComponentPublish and what takes them back. src/engine/registration
import type { OperationOf } from '../handler.ts'
import { registryOperation, type RegistryHandler } from '../registry-operation.ts'

export type RegistrationOperation = OperationOf<'ProductPublish' | 'ProductUnpublish' | 'ProductRegister' | 'ProductUnregister' | 'FeaturePublish' | 'FeatureUnpublish'
  | 'UserRegister' | 'UpgradeCodePublish' | 'UpgradeCodeUnpublish' | 'SourceListPublish' | 'ComponentPublish' | 'ComponentUnpublish'>

export const registration: RegistryHandler<RegistrationOperation> = registryOperation(({ edits }) => edits)
