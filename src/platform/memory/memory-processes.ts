// The Processes and Services ports in memory: programs are functions of the test, nothing runs.
import type { Processes, ProgramResult, ProgramSpec } from '../processes.ts'
import type { Services } from '../services.ts'

/** What a fake program does: its exit code, or the whole result. */
export type MemoryProgram = (spec: ProgramSpec) => number | Partial<ProgramResult> | Promise<number | Partial<ProgramResult>>

export interface MemoryProcessesOptions {
  /** By file, exactly as {@link ProgramSpec.file} has it; `*` stands for every other file. */
  readonly programs?: Readonly<Record<string, MemoryProgram>>
}

export interface MemoryProcesses extends Processes {
  /** Every program that was asked for, in order. */
  readonly ran: readonly ProgramSpec[]
}

export function createMemoryProcesses({ programs = {} }: MemoryProcessesOptions = {}): MemoryProcesses {
  const ran: ProgramSpec[] = []
  const find = (file: string): MemoryProgram | undefined => Object.hasOwn(programs, file) ? programs[file] : programs['*']
  return {
    ran,
    run: async (spec) => {
      ran.push(spec)
      const program = find(spec.file)
      if (program === undefined) return { outcome: 'not-started', exitCode: 0, output: '', problem: `no program is called ${spec.file}` }
      const result = await program(spec)
      return { outcome: 'exited', exitCode: 0, output: '', ...(typeof result === 'number' ? { exitCode: result } : result) }
    },
    canRun: (hostPath) => find(hostPath) !== undefined,
    self: () => ({ pid: 1, startTime: '0' }),
  }
}

export function createMemoryServices(): Services {
  return { unavailable: 'there is no service manager in memory' }
}
