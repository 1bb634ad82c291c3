// Files that a process uses which cannot be looked into: the kernel refuses a write lease on a file that anybody has open or mapped,
// whoever it is. That takes fcntl(2), which Node.js lacks and perl has; without perl nothing is found out. The file must be the
// caller's own. A lease is given back at once, so that nobody who opens the file meanwhile has to wait.
import { spawn } from 'node:child_process'

/** Reads paths separated by NUL, writes the numbers of those that are refused because they are in use. */
const program = `
use Fcntl; use Errno;
$SIG{IO} = 'IGNORE'; $/ = "\\0"; my $index = 0;
while (my $path = <STDIN>) {
  chomp $path;
  if (sysopen(my $file, $path, O_RDONLY | O_NONBLOCK)) {
    if (fcntl($file, 1024, 1)) { fcntl($file, 1024, 2) } elsif ($!{EAGAIN}) { print "$index\\n" }
  }
  $index++;
}`

const limitMs = 3000

/** Indexes of the files in use. */
export function findLeased(paths: readonly Buffer[]): Promise<number[]> {
  return new Promise((resolve) => {
    const child = spawn('perl', ['-e', program], { stdio: ['pipe', 'pipe', 'ignore'] })
    let output = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
    const finish = () => {
      clearTimeout(timer)
      resolve(output.split('\n').slice(0, -1).map(Number))
    }
    child.once('error', finish)
    child.once('close', finish)
    child.stdout.setEncoding('latin1').on('data', (text: string) => { output += text })
    child.stdin.on('error', () => {})
    child.stdin.end(Buffer.concat(paths.flatMap((path) => [path, Buffer.of(0)])))
  })
}
