// Keeps the heap small where there are very many files. What is known of them outlives V8's young generation, which grows to
// 32 MiB from that, and stays so: more than all else of an extraction. It has no option that could be given at start. The
// flag below is looked at whenever it would grow. Other versions than those it was tried with are left alone.

/** From here on it matters, and loading node:v8 does not. */
const manyFiles = 2000
const triedVersions: readonly string[] = ['11']

/** To be called before what is known of the files is put together, and after code caches are loaded: they know the flags they were made with. */
export function keepHeapSmall(files: number): void {
  if (files < manyFiles || !triedVersions.includes(process.versions.v8.split('.')[0]!)) return
  process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1')
}
