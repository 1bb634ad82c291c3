// The way of `run` and `shutdown`: list, exempt, show, ask, close.
import type { ApplicationList, Session, TaskOutcome, TimeLimits } from '../../restart-manager/index.ts'
import type { CommandInput, Host } from '../program/command.ts'
import { CommandError } from '../program/errors.ts'
import { counted } from '../terminal/columns.ts'
import { confirm } from './ask.ts'
import { keep, progressOn, timeLimits } from './options.ts'
import { listJson, showList } from './show.ts'

/** `undefined` when nothing was to be closed, or --dry-run. @throws RestartManagerError as shutdown does */
export async function closeUsers(session: Session, input: CommandInput, host: Host): Promise<TaskOutcome | undefined> {
  const limits = timeLimits(input)
  const list = await keep(session, await session.list(), input.values('keep'))
  const isDry = input.has('dry-run')
  if (isDry && input.json) host.out.json(listJson(list))
  else if (!input.json) showList(list, 2, isDry ? host.out : host.err)
  flush(host)
  if (isDry) return undefined
  const toClose = list.applications.filter(({ status }) => status.includes('running') && !status.includes('shutdownMasked'))
  if (toClose.length === 0) return session.shutdown()
  if (list.rebootReasons.length === 0) {
    const names = toClose.slice(0, 5).map(({ name }) => name).join(', ')
    const question = `Close ${counted(toClose.length, 'application')} (${names}${toClose.length > 5 ? ', …' : ''})?`
    if (!confirm(question, input.has('yes'))) throw new CommandError('ERROR_CANCELLED', 'nothing was closed, as you wished')
  }
  return shutdown(session, input, host, limits, list)
}

function shutdown(session: Session, input: CommandInput, host: Host, limits: Partial<TimeLimits>, list: ApplicationList): Promise<TaskOutcome> {
  const cancel = () => session.cancel()
  process.on('SIGINT', cancel)
  const options = {
    force: input.has('force'), onlyRegistered: input.has('only-registered'), limits,
    ...(input.json ? {} : progressOn(host, `Closing ${counted(list.applications.length, 'application')}`)),
  }
  return session.shutdown(options).finally(() => { process.removeListener('SIGINT', cancel) })
}

export function flush(host: Host): void {
  host.out.flush()
  host.err.flush()
}
