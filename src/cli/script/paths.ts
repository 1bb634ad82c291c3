// Paths in scripts are written for Windows: elsewhere their backslashes are slashes.
export function hostPath(path: string): string {
  return process.platform === 'win32' ? path : path.replaceAll('\\', '/')
}
