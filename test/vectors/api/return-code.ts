// From errors to the codes that functions of the installer return.
import { WindowsError } from 'msikit/base'

/** 0 when the action succeeds, otherwise the code of its WindowsError. Other errors are bugs and pass through. */
export function returnCode(action: () => void): number {
  try {
    action()
    return 0
  } catch (error) {
    if (error instanceof WindowsError) return error.errno
    throw error
  }
}

export const success = 0
export const fileNotFound = 2
export const invalidHandle = 6
export const invalidData = 13
export const invalidParameter = 87
export const openFailed = 110
export const noData = 232
export const moreData = 234
export const noMoreItems = 259
export const unknownProduct = 1605
export const functionFailed = 1627
export const invalidTable = 1628
export const invalidDatatype = 1804
/** TYPE_E_LIBNOTREGISTERED */
export const typeLibraryNotRegistered = -2147319779
/** RPC_X_NULL_REF_POINTER: a null pointer on its way to another process. */
export const nullReference = 1780
