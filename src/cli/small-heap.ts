// Keeps the heap small where there are very many files. What is known of them outlives V8's young generation, which grows to
// 32 MiB from that, and stays so: more than all else of an extraction. It has no option that could be given at start. The
// flags below are looked at whenever it would grow. Other versions than those they were tried with are left alone.

/** From here on it matters, and loading node:v8 does not. */
const manyFiles = 2000
const triedVersions: readonly string[] = ['11']

/** To be called before what is known of the files is put together, and after code caches are loaded: they know the flags they were made with. */
export function keepHeapSmall(files: number): void {
  setFlag(files, '--semi-space-growth-factor=1')
}

/**
 * For installations, which keep more and for longer: what has become garbage is collected when it is three fifths of what is in use, not
 * three times as much.
 */
export function keepGarbageSmall(files: number): void {
  setFlag(files, '--heap-growing-percent=60')
}

function setFlag(files: number, flag: string): void {
  if (files < manyFiles || !triedVersions.includes(process.versions.v8.split('.')[0]!)) return
  process.getBuiltinModule('node:v8').setFlagsFromString(flag)
}
