/** Since when services and containers run, and why they ended: `systemctl status`, `docker ps`, `docker inspect`, `kubectl describe pod`; what Ansible changed, by its own log. */
import { isPlain } from '../../plain.ts';
import type { ChangeFact, HostGaugeFact } from '../small-facts.ts';
import { type FactContext, type FactText, factTime } from './context.ts';
import { age, takenAt } from './timed-rows.ts';

const UNIT = /^\s*[\u25cf\u25cb\u00d7\u21bb*] ([\w@:.\\-]{1,200}\.(?:service|socket|timer|mount|target|path))(?: - |$)/;
const ACTIVE =
  /^\s*Active: active \((?:running|exited|listening|waiting|mounted)\) since (?:\w{3} )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?: (\S{1,6}))?;/;

/** Whether a text holds such a report, by its beginning; a tail of the journal below it makes it pass for a log. */
export const mayHoldServiceState = (beginning: string): boolean =>
  /^[ \t]{0,40}Active: active \([a-z]{1,20}\) since /m.test(beginning);

/** `systemctl status`: the service was started when it says it has been active since. */
export function readServiceState(file: FactText, context: FactContext): ChangeFact[] {
  let unit = '';
  return file.lines.flatMap(({ line, text }) => {
    const named = UNIT.exec(text);
    if (named) unit = named[1]!;
    const active = ACTIVE.exec(text);
    if (!active || unit === '') return [];
    const zone = /^(?:UTC|GMT)$/.test(active[2] ?? '') ? 'Z' : (/^[+-]\d\d/.exec(active[2] ?? '')?.input ?? '');
    return [
      {
        file: file.file,
        line,
        time: factTime(`${active[1]!.replace(' ', 'T')}${zone}`, context)?.time ?? Number.NaN,
        text: `${unit} was started`,
      },
    ];
  });
}

export const DOCKER_PS = /^CONTAINER ID\s{2,}IMAGE\s{2,}COMMAND\s{2,}CREATED\s{2,}STATUS\s{2,}PORTS\s+NAMES\s*$/;

/** `docker ps`: containers that were made within hours of the moment at which the text says that it was taken. */
export function readContainers(file: FactText, context: FactContext): ChangeFact[] {
  const taken = takenAt(file, context);
  const titleAt = file.lines.findIndex(({ text }) => DOCKER_PS.test(text));
  if (taken === undefined || titleAt === -1) return [];
  return file.lines.slice(titleAt + 1).flatMap(({ line, text }) => {
    const cells = text.trim().split(/\s{2,}/);
    if (!/^[0-9a-f]{12,64}$/.test(cells[0] ?? '') || cells.length < 6) return [];
    const [made, up] = [age(cells[3]!), age(cells[4]!)];
    // A container that is up for less long than it exists was started again.
    const since = up ?? made;
    if (since === undefined) return [];
    const deed = up !== undefined && (made === undefined || made - up > 60_000) ? 'started' : 'created';
    return [
      { file: file.file, line, time: taken - since, text: `container ${cells.at(-1)} of ${cells[1]} was ${deed}` },
    ];
  });
}

/** `docker inspect`: an array of containers, each with the time at which it was last started. */
export function containersOfData(
  file: string,
  data: unknown,
  context: FactContext,
  lineOf: (index: number) => number,
): ChangeFact[] {
  if (!Array.isArray(data)) return [];
  return data.slice(0, 10_000).flatMap((container: unknown, index) => {
    if (!isPlain(container) || !isPlain(container.State) || !isPlain(container.HostConfig)) return [];
    const { StartedAt: started, Running: running } = container.State;
    if (typeof started !== 'string' || running !== true) return [];
    const image = isPlain(container.Config) && typeof container.Config.Image === 'string' ? container.Config.Image : '';
    const name = typeof container.Name === 'string' ? container.Name.replace(/^\//, '') : '';
    const time = factTime(started.slice(0, 40), context)?.time ?? Number.NaN;
    return [{ file, line: lineOf(index), time, text: `container ${name} of ${image} was started` }];
  });
}

/** `kubectl describe pod`, of one or several. */
export const isPodDescription = (text: string): boolean =>
  /^Name: {2,}\S+\s*$/m.test(text) && /^Namespace: {2,}\S+\s*$/m.test(text) && /^Containers:\s*$/m.test(text);

/** What Kubernetes and Docker call a process that the kernel ended because its memory limit was reached. */
const OUT_OF_MEMORY = 'OOMKilled';

/** How containers of described pods ended, as changes of that moment, and as a lack of memory where that is the reason given. */
export function readDescribedPods(
  file: FactText,
  context: FactContext,
): { changes: ChangeFact[]; gauges: HostGaugeFact[] } {
  const found: { changes: ChangeFact[]; gauges: HostGaugeFact[] } = { changes: [], gauges: [] };
  let [pod, container, reason, code] = ['', '', '', ''];
  let inContainers = false;
  for (const { line, text } of file.lines) {
    pod = /^Name: {2,}(\S{1,300})/.exec(text)?.[1] ?? pod;
    if (/^\S/.test(text)) inContainers = /^(?:Init )?Containers:/.test(text);
    if (!inContainers) continue;
    container = /^ {2}(\S{1,200}):\s*$/.exec(text)?.[1] ?? container;
    // `State` and `Last State` each give reason, exit code, start and end in this order.
    if (/^ {4}(?:Last )?State:/.test(text)) [reason, code] = ['', ''];
    reason = /^ {6}Reason: +(\S{1,100})/.exec(text)?.[1] ?? reason;
    code = /^ {6}Exit Code: +(\d{1,4})/.exec(text)?.[1] ?? code;
    const finished = /^ {6}Finished: +(\S.{0,60})/.exec(text)?.[1];
    if (finished === undefined || reason === '' || found.changes.length >= 5000) continue;
    const time = factTime(finished.trim(), context)?.time ?? Number.NaN;
    const words = `container ${container} of pod ${pod} ended: ${reason}${code === '' ? '' : `, exit code ${code}`}`;
    // What ran to its end did what it was there for.
    if (reason !== 'Completed') found.changes.push({ file: file.file, line, time, text: words });
    if (reason === OUT_OF_MEMORY)
      found.gauges.push({ file: file.file, line, time, what: 'out-of-memory', value: 1, text: words });
  }
  return found;
}

/** {@link readDescribedPods} of pods as JSON or YAML (`kubectl get pods -o json`), and of containers as `docker inspect` shows them. */
export function endedContainersOfData(file: string, data: unknown, context: FactContext): HostGaugeFact[] {
  const told = (name: string, ended: string): HostGaugeFact[] => [
    {
      file,
      line: 1,
      time: factTime(ended.slice(0, 40), context)?.time ?? Number.NaN,
      what: 'out-of-memory',
      value: 1,
      text: `container ${name.slice(0, 300)} ended: ${OUT_OF_MEMORY}`,
    },
  ];
  const items = isPlain(data) && Array.isArray(data.items) ? data.items : Array.isArray(data) ? data : [data];
  return items.slice(0, 10_000).flatMap((item: unknown) => {
    if (!isPlain(item)) return [];
    if (isPlain(item.State) && item.State.OOMKilled === true && typeof item.State.FinishedAt === 'string')
      return told(typeof item.Name === 'string' ? item.Name.replace(/^\//, '') : '', item.State.FinishedAt);
    const statuses = item.kind === 'Pod' && isPlain(item.status) ? item.status.containerStatuses : undefined;
    const pod = isPlain(item.metadata) && typeof item.metadata.name === 'string' ? item.metadata.name : '';
    return (Array.isArray(statuses) ? statuses : []).slice(0, 100).flatMap((status: unknown) =>
      isPlain(status)
        ? [status.state, status.lastState].flatMap((state) => {
            const end = isPlain(state) ? state.terminated : undefined;
            if (!isPlain(end) || end.reason !== OUT_OF_MEMORY) return [];
            const at = end.finishedAt;
            // YAML reads a bare time as one.
            const when = at instanceof Date ? at.toISOString() : typeof at === 'string' ? at : '';
            return told(`${String(status.name)} of pod ${pod}`, when);
          })
        : [],
    );
  });
}

const ANSIBLE =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d{3} (?:p=\d{1,8} u=(\S{1,64}) n=\S{1,40} ?(?:[A-Z]+ ?)?\| ?|\| ?)(.{0,2000})$/;

export const mayBeAnsibleLog = (beginning: string): boolean =>
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?:p=\d{1,8} u=\S{1,64} n=ansible\S{0,30} ?(?:[A-Z]+ ?)?)?\| ?(?:PLAY|TASK|ansible)/m.test(
    beginning,
  );

/** The log of Ansible (log_path): each task that changed hosts, with their names. */
export function readAnsibleLog(file: FactText, context: FactContext): ChangeFact[] {
  const facts: ChangeFact[] = [];
  let task = '';
  let told = false;
  for (const { line, text } of file.lines) {
    const match = ANSIBLE.exec(text);
    if (!match) continue;
    const [, when, user, words] = match;
    const named = /^(?:TASK|RUNNING HANDLER) \[(.{1,200}?)\]/.exec(words!);
    if (named) {
      task = named[1]!;
      told = false;
    }
    const host = /^changed: \[([^\]]{1,200})\]/.exec(words!)?.[1];
    if (host === undefined || task === '' || facts.length >= 5000) continue;
    const last = facts.at(-1);
    if (told && last) {
      if (last.text.length < 1000) last.text += `, ${host}`;
      continue;
    }
    told = true;
    facts.push({
      file: file.file,
      line,
      time: factTime(when!, context)?.time ?? Number.NaN,
      text: `Ansible: ${task}: changed ${host}`,
      ...(user === undefined ? {} : { team: user }),
    });
  }
  return facts;
}
