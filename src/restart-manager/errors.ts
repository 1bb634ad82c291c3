// The ports fail with WindowsError; callers of the Restart Manager see its own error with the same code.
import { WindowsError } from '../base/index.ts'
import { RestartManagerError } from './types.ts'

export async function translated<Result>(action: () => Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    if (!(error instanceof WindowsError) || error instanceof RestartManagerError) throw error
    throw new RestartManagerError(error.code, error.message, { cause: error })
  }
}
