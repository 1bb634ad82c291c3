// What to do about the errors that installations end with most often, by the number in the Error table.
// https://learn.microsoft.com/windows/win32/msi/windows-installer-error-messages
import type { Cause } from './diagnosis.ts'

const customActionAdvice = 'The custom action is the package\'s own program: what it printed stands above; ask the publisher, or run it by hand.'
const sourceAdvice = 'The installed package or its source cannot be found any more: give the package again, or repair the source list.'

/** By number of the Error table. */
const adviceOf: readonly (readonly [numbers: readonly number[], advice: string])[] = [
  [[1101, 1305, 1309, 1316], 'The source cannot be read, or is not the one that was installed from: check the path, the name of the package, and who may read it.'],
  [[1303, 1304, 1310, 1317, 1318, 1321], 'The file or folder cannot be written: check permissions, whether it is open, and anti-virus software; install with more rights.'],
  [[1306, 1603, 1611], 'A program has the file open: close it; `msikit rm list FILE` and the log name who it is.'],
  [[1307, 1601, 1605], 'The disk is full: make room, or choose a folder on another one.'],
  [[1311, 1334, 1335, 1330, 1331, 1332], 'A cabinet is missing or damaged, or is not that of this package: compare its digest with the publisher\'s, and `msikit extract` it.'],
  [[1401, 1402, 1403, 1404, 1405, 1406, 1407], 'The registry key does not let the installer in: look at its permissions and its owner.'],
  [[1500], 'Another installation runs: wait for it, or end it, and try again.'],
  [[1327, 1606], 'A drive or folder that a path leads to is not there: look at the user shell folders in the registry, and at mapped drives.'],
  [[1706, 1731], sourceAdvice],
  [[1714], 'The older version cannot be removed: uninstall it by itself and look at that log.'],
  [[1720, 1721, 1722, 1723, 2896], customActionAdvice],
  [[1718], 'A policy of the machine rejects its signature: `msikit verify` tells who signed it; ask who sets the policy.'],
  [[1730, 1925], 'It needs an administrator: start it with more rights, or install for one user (ALLUSERS="") if the package allows it.'],
  [[1904, 1905], 'A library does not register itself: look for a missing dependency of it.'],
  [[1911, 1912], 'A type library or its file is not usable: is the file there, and of the right platform?'],
  [[1920, 1921, 1922, 1923, 1939], 'The service cannot be changed: check rights, the account it runs as, whether its program starts by hand, and whether the services console is open.'],
  [[1931, 1932, 1933], 'The file belongs to Windows and is protected: the package must not carry it.'],
  [[1935, 1936, 1937, 1938], 'An assembly is not accepted: repair .NET or the component store, and check the assembly\'s signature.'],
  [[2203, 2502, 2503, 2755], 'The installer cannot work in its temporary folder: check the rights of the system account on %TEMP% and C:\\Windows\\Installer.'],
]

/** By the code that the installation ended with, where no error of the log has a number that says more. Other numbers than those of errors. */
const adviceOfCode: Readonly<Record<number, string>> = {
  1601: 'The Windows Installer service cannot be reached: is it disabled, and has the user the right to use it?',
  1612: sourceAdvice,
  1618: 'Another installation runs: wait for it, or end it, and try again.',
  1625: 'A policy of the machine forbids this installation: ask who sets it.',
  1633: 'The package is for another processor than the machine has.',
  1638: 'Another version of the product is installed: uninstall it first, or reinstall with REINSTALLMODE=vomus REINSTALL=ALL.',
}

export function adviceFor(cause: Cause, exitCode: number | undefined): string | undefined {
  if (cause.kind === 'launch condition') return 'The package refuses this machine: meet its condition; `msikit tables FILE LaunchCondition` shows all of them.'
  if (cause.kind === 'custom action') return customActionAdvice
  // As msikit says it of code that it cannot run.
  if (cause.before.some(({ text }) => /^Custom action .* cannot be run here: /.test(text))) {
    return 'It is code for Windows. If it is deferred, --defer-to-first-boot keeps it for the first start; --custom-actions skip installs without it; `msikit plan` lists all such code.'
  }
  return adviceForError(cause.errorNumber) ?? adviceForCode(exitCode)
}

export function adviceForCode(code: number | undefined): string | undefined {
  return adviceOfCode[code ?? 0]
}

function adviceForError(number: number): string | undefined {
  return adviceOf.find(([numbers]) => numbers.includes(number))?.[1]
}
