/**
 * What CloudTrail noted of an access key that a stranger uses: AWS writes files of `{"Records": [...]}`, its command line
 * answers `{"Events": [{"CloudTrailEvent": "..."}]}`, and what forwards them writes one on each line.
 */
import { isPrivate } from '../../address.ts';
import { least } from '../../lists.ts';
import { isPlain } from '../../plain.ts';
import type { LogObservations } from '../types.ts';
import type { Attackers } from './attackers.ts';
import type { Account, HostFile, IntrusionSheet, Persistence, Proof } from './types.ts';

const MOST_RECORDS = 200_000;

interface Call {
  name: string;
  who: string;
  address: string;
  agent: string;
  time: number;
  denied: boolean;
  asked: { [name: string]: unknown };
  place: Pick<Proof, 'file' | 'line'>;
}

/** Calls that make a way to stay: who else may come in, and with what. */
const STAYS: { readonly [name: string]: string } = {
  CreateUser: 'creates a user',
  CreateLoginProfile: 'gives a user a password for the console',
  CreateAccessKey: 'creates an access key',
  AttachUserPolicy: 'gives a user rights',
  AttachRolePolicy: 'gives a role rights',
  PutUserPolicy: 'gives a user rights',
  AddUserToGroup: 'puts a user into a group',
  UpdateAssumeRolePolicy: 'changes who may take a role',
  CreateSAMLProvider: 'lets another directory log in',
  ImportKeyPair: 'brings a key for machines',
};
/** Calls that blind those who watch. */
const BLINDS: { readonly [name: string]: string } = {
  StopLogging: 'stops the trail',
  DeleteTrail: 'deletes the trail',
  PutEventSelectors: 'changes what the trail notes',
  DeleteFlowLogs: 'deletes the flow logs',
  DeleteDetector: 'deletes the detector of GuardDuty',
  StopConfigurationRecorder: 'stops the recorder of configurations',
};
/** Calls by which somebody finds out whose key he has (the first of every tool that tries stolen ones). */
const ASKS_WHO_IT_IS = /^(?:GetCallerIdentity|GetSendQuota|ListUsers|ListRoles|GetAccountAuthorizationDetails)$/;

const SERVICE = /\.amazonaws\.com$/;

export const isCloudTrail = (text: string): boolean =>
  /^\s*\{\s*"(?:Records|Events)"\s*:\s*\[/.test(text.slice(0, 200)) &&
  /\beventSource\\{0,2}"\s*:\s*\\{0,2}"[\w.-]{1,60}\.amazonaws\.com\\{0,2}"/.test(text);

const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 300) : '');

function callOf(record: { [name: string]: unknown }, place: Call['place']): Call {
  const identity = isPlain(record.userIdentity) ? record.userIdentity : {};
  return {
    name: text(record.eventName),
    who: text(identity.arn) || text(identity.userName) || text(identity.accessKeyId),
    address: text(record.sourceIPAddress),
    agent: text(record.userAgent),
    time: Date.parse(text(record.eventTime)),
    denied: record.errorCode !== undefined,
    asked: isPlain(record.requestParameters) ? record.requestParameters : {},
    place,
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Calls of a file; undefined where it is cut or damaged. */
function callsOf({ file, text: whole }: HostFile): Call[] | undefined {
  const list = parsed(whole);
  if (!isPlain(list)) return undefined;
  const records = Array.isArray(list.Records) ? list.Records : Array.isArray(list.Events) ? list.Events : [];
  // Records stand in the text in the order of the list: the place of each is found behind that of the one before.
  let at = 0;
  let line = 1;
  const placeOf = (written: string): Call['place'] => {
    const next = written === '' ? -1 : whole.indexOf(written, at);
    if (next !== -1) {
      for (; at < next; at++) if (whole.charCodeAt(at) === 10) line++;
      at = next + written.length;
    }
    return { file, line };
  };
  return records.slice(0, MOST_RECORDS).flatMap((item): Call[] => {
    const record = isPlain(item) && typeof item.CloudTrailEvent === 'string' ? parsed(item.CloudTrailEvent) : item;
    return isPlain(record) ? [callOf(record, placeOf(text(record.eventTime)))] : [];
  });
}

/** Calls that a log holds one a line. */
function callsIn(logs: LogObservations): Call[] {
  return logs.records.flatMap(({ fields, source, line }): Call[] => {
    if (!SERVICE.test(fields.eventSource ?? '') || fields.eventName === undefined) return [];
    const below = (name: string): { [key: string]: string } =>
      Object.fromEntries(
        Object.entries(fields).flatMap(([key, value]) =>
          key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), value]] : [],
        ),
      );
    const record = { ...fields, userIdentity: below('userIdentity'), requestParameters: below('requestParameters') };
    return [callOf(record, { file: logs.sources[source]!.file, line })];
  });
}

const nameOf = (who: string): string => who.slice(who.lastIndexOf('/') + 1).slice(0, 80);

/** Calls of an identity from which its habits can be told. */
const FEWEST_CALLS = 10;
/** Runners of pipelines and people on the move come from new addresses every day: they have no habit to break. */
const MOST_ADDRESSES = 3;

/** The program that called: `aws-cli/2.15 Python/3.11 ...` is `aws-cli`. */
const programOf = ({ agent }: Call): string => /^[^/\s]{0,80}/.exec(agent)![0];

/** Calls from an address and with a program that the identity never had, which ask whose key it is and then make ways in. */
function strangers(calls: readonly Call[]): ReadonlySet<Call> {
  const byWho = new Map<string, Call[]>();
  for (const call of calls) {
    // AWS calls itself by names of services.
    if (!/^[\d.]{7,15}$|:/.test(call.address) || isPrivate(call.address)) continue;
    const own = byWho.get(call.who);
    if (own) own.push(call);
    else byWho.set(call.who, [call]);
  }
  const found = new Set<Call>();
  for (const own of byWho.values()) {
    const byAddress = new Map<string, Call[]>();
    for (const call of own) {
      const there = byAddress.get(call.address);
      if (there) there.push(call);
      else byAddress.set(call.address, [call]);
    }
    if (byAddress.size < 2 || byAddress.size > MOST_ADDRESSES) continue;
    const first = least(own.map(({ time }) => time));
    for (const [address, there] of byAddress) {
      const others = own.filter((call) => call.address !== address);
      const programs = new Set(others.map(programOf));
      const takesOver =
        there.some(({ name }) => ASKS_WHO_IT_IS.test(name)) &&
        there.some(({ name }) => name in STAYS || name in BLINDS) &&
        there.every((call) => !programs.has(programOf(call)));
      if (takesOver && others.length >= FEWEST_CALLS && least(there.map(({ time }) => time)) > first)
        for (const call of there) found.add(call);
    }
  }
  return found;
}

export interface CloudSays {
  accounts: Account[];
  persistence: Persistence[];
  entries: NonNullable<IntrusionSheet['entry']>[];
  /** Files that could not be read to their end. */
  unread: string[];
}

/**
 * Ways in that calls of AWS made: judged where a key is used from an address that it never came from, to find out whose it is and to
 * make users, keys and rights; named without judging otherwise.
 */
export function cloudDeeds(files: readonly HostFile[], logs: LogObservations, attackers: Attackers): CloudSays {
  const unread: string[] = [];
  const ofFiles = files
    .filter((file) => isCloudTrail(file.text))
    .flatMap((file) => {
      const own = callsOf(file);
      if (!own) unread.push(file.file);
      return own ?? [];
    });
  const calls = [...ofFiles, ...callsIn(logs)].filter(({ time }) => !Number.isNaN(time));
  calls.sort((a, b) => a.time - b.time);
  const strange = strangers(calls);
  const says: CloudSays = { accounts: [], persistence: [], entries: [], unread };
  const entered = new Set<string>();
  for (const call of calls) {
    const judged = strange.has(call);
    const what = STAYS[call.name] ?? BLINDS[call.name];
    if (!judged && (what === undefined || call.denied)) continue;
    const { address, who, name, time, asked } = call;
    const said = ['userName', 'roleName', 'policyArn', 'name'].map((key) => text(asked[key])).filter(Boolean);
    const proof = {
      ...call.place,
      text: `${name} ${said.join(' ')} by ${nameOf(who)} from ${address}`.slice(0, 400),
      time,
    };
    if (judged) {
      attackers.note(address, `used the access key of ${nameOf(who)} from where it never came from`, 8, time, proof)
        .requests++;
      if (!entered.has(`${who} ${address}`))
        says.entries.push({
          how: `the access key of ${nameOf(who)} used from ${address}, where it never came from`,
          time,
          proof,
        });
      entered.add(`${who} ${address}`);
    }
    if (what === undefined || call.denied) continue;
    says.persistence.push({
      kind: name in BLINDS ? 'history' : 'cloud-call',
      why: `${nameOf(who)} ${what}${said.length > 0 ? `: ${said.join(', ')}` : ''}`,
      proof,
      ...(judged ? {} : { unjudged: true }),
    });
    if (judged && name === 'CreateUser')
      says.accounts.push({
        name: text(asked.userName),
        uid: '',
        why: ['a stranger created it in the cloud account'],
        time,
        proof,
      });
  }
  says.persistence = says.persistence.slice(0, 500);
  return says;
}
