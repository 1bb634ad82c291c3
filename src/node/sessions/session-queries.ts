// Asking an application whether it may be closed: it listens on a socket called after its process and answers the line
// `query` with `yes` or `no`. Any program may do so; the folder is its user's own.
import { existsSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { ApplicationQueries, ProcessIdentity, Processes } from '../../platform/index.ts'

export class SocketQueries implements ApplicationQueries {
  readonly #folder: () => string
  readonly #processes: Pick<Processes, 'self'>

  constructor(folder: () => string, processes: Pick<Processes, 'self'>) {
    this.#folder = folder
    this.#processes = processes
  }

  async answer(reply: () => boolean | Promise<boolean>): Promise<Disposable> {
    const path = this.#path(this.#processes.self())
    rmSync(path, { force: true })
    const server = createServer((socket) => converse(socket, reply))
    await listen(server, path)
    server.unref()
    return { [Symbol.dispose]: () => { server.close() } }
  }

  ask(process: ProcessIdentity, timeLimitMs: number): Promise<'yes' | 'no' | 'no-answer' | 'not-asked'> {
    const path = this.#path(process)
    if (!existsSync(path)) return Promise.resolve('not-asked')
    return new Promise((resolve) => {
      const socket = createConnection(path)
      let text = ''
      const timer = setTimeout(() => finish('no-answer'), timeLimitMs)
      const finish = (answer: 'yes' | 'no' | 'no-answer' | 'not-asked') => {
        clearTimeout(timer)
        socket.destroy()
        resolve(answer)
      }
      socket.setEncoding('utf8')
      socket.once('connect', () => { socket.write('query\n') })
      socket.on('data', (chunk: string) => {
        text += chunk
        if (text.startsWith('yes\n')) finish('yes')
        else if (text.startsWith('no\n')) finish('no')
        else if (text.length > 16) finish('no-answer')
      })
      socket.on('end', () => finish('no-answer'))
      socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code === 'ENOENT' || error.code === 'ECONNREFUSED' ? 'not-asked' : 'no-answer'))
    })
  }

  /** Short: the name of a socket has at most 107 bytes. */
  #path({ pid, startTime }: ProcessIdentity): string {
    return join(this.#folder(), `${pid}-${startTime.replace(/@.*/, '')}`)
  }
}

function converse(socket: Socket, reply: () => boolean | Promise<boolean>): void {
  let text = ''
  socket.unref()
  socket.setEncoding('utf8')
  socket.on('error', () => { socket.destroy() })
  socket.on('data', async (chunk: string) => {
    text += chunk
    if (text.length > 64) socket.destroy()
    if (text !== 'query\n') return
    try {
      socket.end(await reply() ? 'yes\n' : 'no\n')
    } catch {
      // A reply that fails is no permission.
      socket.end('no\n')
    }
  })
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => resolve())
  })
}
