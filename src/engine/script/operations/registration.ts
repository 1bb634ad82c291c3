// The registration operations whose edits the script carries: ProductPublish, ProductRegister, FeaturePublish,
// UserRegister, UpgradeCodePublish, SourceListPublish, ComponentPublish and what takes them back. src/engine/registration
import type { OperationHandler, OperationOf } from '../handler.ts'
import type { RegistryImage } from '../registry-change.ts'
import { registryOperation } from '../registry-operation.ts'

export type RegistrationOperation = OperationOf<'ProductPublish' | 'ProductUnpublish' | 'ProductRegister' | 'ProductUnregister' | 'FeaturePublish' | 'FeatureUnpublish'
  | 'UserRegister' | 'UpgradeCodePublish' | 'UpgradeCodeUnpublish' | 'SourceListPublish' | 'ComponentPublish' | 'ComponentUnpublish'>

export const registration: OperationHandler<RegistrationOperation, RegistryImage> = registryOperation(({ edits }) => edits)
