// What else of Windows the Restart Manager needs: a process's start time, and registering for a restart. kernel32.dll
import type { ProcessIdentity } from '../../platform/index.ts'
import type { ForeignInterface } from './library.ts'
import type { WindowsProcesses } from './manager.ts'

const queryLimitedInformation = 0x1000

export function openKernel(foreign: ForeignInterface, path = 'kernel32.dll'): WindowsProcesses {
  const library = foreign.load(path)
  const open = library.func('__stdcall', 'OpenProcess', 'uintptr_t', ['uint32', 'int32', 'uint32'])
  const times = library.func('__stdcall', 'GetProcessTimes', 'int32', ['uintptr_t', 'void *', 'void *', 'void *', 'void *'])
  const close = library.func('__stdcall', 'CloseHandle', 'int32', ['uintptr_t'])
  const register = library.func('__stdcall', 'RegisterApplicationRestart', 'int32', ['str16', 'uint32'])
  const unregister = library.func('__stdcall', 'UnregisterApplicationRestart', 'int32', [])
  return {
    identify(pid): ProcessIdentity | undefined {
      const handle = open(queryLimitedInformation, 0, pid)
      if (Number(handle) === 0) return undefined
      const [created, exited, kernel, user] = [Buffer.alloc(8), Buffer.alloc(8), Buffer.alloc(8), Buffer.alloc(8)]
      const known = times(handle, created, exited, kernel, user) !== 0
      close(handle)
      return known ? { pid, startTime: String(created.readBigUInt64LE(0)) } : undefined
    },
    registerApplicationRestart: (commandLine, flags) => register(commandLine, flags) as number,
    unregisterApplicationRestart: () => unregister() as number,
  }
}
