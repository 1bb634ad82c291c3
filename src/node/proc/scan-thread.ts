// The thread of a `ScanHelper`.
import { parentPort } from 'node:worker_threads'
import { Looker } from './look.ts'
import { PidShare } from './pid-share.ts'
import type { LookJob, ScanAnswer, StatJob } from './scan-helper.ts'
import { StatShare } from './stat-share.ts'
import { Targets } from './targets.ts'

parentPort?.on('message', (job: StatJob | LookJob) => {
  if ('files' in job) helpAsking(job)
  else helpLooking(job)
})

function helpAsking({ files, share: buffer }: StatJob): void {
  const share = new StatShare(files, buffer)
  while (share.askSome());
}

function helpLooking({ id, targets, options, pids, share: buffer }: LookJob): void {
  const answer = (part: Omit<ScanAnswer, 'id'>) => { parentPort?.postMessage({ ...part, id } satisfies ScanAnswer, []) }
  const share = new PidShare(pids, buffer)
  if (share.join()) {
    const looker = new Looker(new Targets(targets), options)
    for (let taken = share.take(); taken.length > 0; taken = share.take()) {
      const sightings = taken.flatMap((pid) => looker.look(pid) ?? [])
      if (sightings.length > 0) answer({ sightings, isLast: false })
    }
  }
  answer({ sightings: [], isLast: true })
}
