// A thread that decompresses folders beside the main one: see threads.ts.
import { workerData } from 'node:worker_threads'
import { OutputFolder } from '../output-folder.ts'
import { runLane, SharedState } from './lane.ts'
import type { WorkerInput } from './threads.ts'

const { tasks, output, replace, shared } = workerData as WorkerInput
runLane(tasks, new OutputFolder(output, { replace }), new SharedState(shared))
