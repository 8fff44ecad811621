/**
 * What the audit log of a Kubernetes API server (audit.k8s.io) tells of a stranger: one event a line, with who asked, from where, for
 * what, and the answer.
 */
import { isLoopback, isPrivate } from '../../address.ts';
import { isPlain, type Plain } from '../../plain.ts';
import type { LogObservations } from '../types.ts';
import type { Attackers } from './attackers.ts';
import { indicatorsIn } from './indicators.ts';
import { tellingOf } from './telling.ts';
import type { IntrusionSheet, Persistence, Proof } from './types.ts';

interface Call {
  user: string;
  address: string;
  verb: string;
  resource: string;
  name: string;
  allowed: boolean;
  /** The address that was asked for, decoded, and the object that was sent. */
  uri: string;
  sent: string;
  proof: Proof;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const inner = (value: unknown): Plain => (isPlain(value) ? value : {});

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri.replace(/\+/g, ' '));
  } catch {
    return uri;
  }
}

function callsIn(logs: LogObservations): Call[] {
  return logs.records.flatMap(({ message, source, line, time }): Call[] => {
    if (!message.startsWith('{') || !message.includes('audit.k8s.io/')) return [];
    let event: unknown;
    try {
      event = JSON.parse(message);
    } catch {
      return [];
    }
    if (!isPlain(event) || event.kind !== 'Event' || !/^(?:ResponseComplete|ResponseStarted)$/.test(text(event.stage)))
      return [];
    const object = inner(event.objectRef);
    const addresses = Array.isArray(event.sourceIPs) ? event.sourceIPs : [];
    const resource = [text(object.resource), text(object.subresource)].filter(Boolean).join('/');
    const [user, address, verb] = [text(inner(event.user).username), text(addresses[0]), text(event.verb)];
    const name = [text(object.namespace), text(object.name)].filter(Boolean).join('/').slice(0, 200);
    const code = inner(event.responseStatus).code;
    return [
      {
        user,
        address,
        verb,
        resource,
        name,
        allowed: typeof code === 'number' && code < 400,
        uri: decoded(text(event.requestURI)).slice(0, 4000),
        sent: event.requestObject === undefined ? '' : JSON.stringify(event.requestObject).slice(0, 20_000),
        proof: {
          file: logs.sources[source]!.file,
          line,
          text: `${verb} ${resource} ${name} by ${user} from ${address}`.slice(0, 400),
          time,
        },
      },
    ];
  });
}

/** Commands of the containers that an object describes, each with its arguments. */
const commandsIn = (sent: string): string[] =>
  [...sent.matchAll(/"(?:command|args)":\[([^\]]{1,2000})\]/g)].slice(0, 100).map(([, words]) => words!);

/** Rights of everybody, or of the whole cluster. */
const ROLE_OF_ALL = /"name":"cluster-admin"|"verbs":\["\*"\]/;
/** What hands a container its host: the kernel documentation's namespaces, its file system, or no limits (Pod Security Standards). */
const OUT_OF_CONTAINER = /"privileged":true|"hostPID":true|"hostPath":\{"path":"\/"/;
const RUNS_LATER = /^(?:cronjobs|daemonsets)$/;

/** What a call makes that lets somebody stay, or takes the host; undefined where it does neither. */
function deedOf({ verb, resource, sent, uri }: Call): string | undefined {
  if (/^pods\/(?:exec|attach)$/.test(resource)) {
    const command = [...uri.matchAll(/[?&]command=([^&]{0,1000})/g)].map(([, word]) => word).join(' ');
    return `runs a command in a container${command === '' ? '' : `: ${command.slice(0, 200)}`}`;
  }
  if (!/^(?:create|update|patch)$/.test(verb)) return undefined;
  if (/^(?:cluster)?rolebindings$/.test(resource))
    return ROLE_OF_ALL.test(sent) ? 'gives the rights of an administrator of the cluster' : undefined;
  if (resource === 'serviceaccounts/token') return 'makes itself a token';
  if (OUT_OF_CONTAINER.test(sent)) return 'starts a container that may take over its host';
  return RUNS_LATER.test(resource) ? 'has a container started by itself' : undefined;
}

/** What anybody may ask of an API server (system:public-info-viewer). */
const PUBLIC = /^\/(?:healthz|livez|readyz|version|openapi|api|apis)(?:[/?]|$)/;

/**
 * A stranger is whoever calls from the internet without a name, or with the name of a program of the cluster, which has an address
 * of the cluster. People are none: they work from anywhere.
 */
function strangerOf({ user, address, allowed, resource, name, uri }: Call): string | undefined {
  if (!/^[\d.]{7,15}$|:/.test(address) || isPrivate(address) || isLoopback(address) || !allowed) return undefined;
  if (user === 'system:anonymous') {
    // Where nodes find out whose cluster they join (kubeadm's cluster-info), before they have a name.
    const open = resource === '' ? PUBLIC.test(uri) : resource === 'configmaps' && name === 'kube-public/cluster-info';
    return open ? undefined : 'without a name';
  }
  return user.startsWith('system:serviceaccount:') ? `with the token of ${user.slice(22)}` : undefined;
}

export interface ClusterSays {
  persistence: Persistence[];
  entries: NonNullable<IntrusionSheet['entry']>[];
  indicators: IntrusionSheet['indicators'];
}

/** Deeds of strangers are judged, those of others named: operators and pipelines of every cluster do the same. */
export function clusterDeeds(logs: LogObservations, attackers: Attackers): ClusterSays {
  const says: ClusterSays = { persistence: [], entries: [], indicators: [] };
  const calls = callsIn(logs).sort((a, b) => a.proof.time - b.proof.time);
  // An API that is meant for the internet has programs that always call from there.
  const inside = new Set(calls.filter(({ address }) => isPrivate(address)).map(({ user }) => user));
  const programs = [...inside].some((user) => user.startsWith('system:serviceaccount:'));
  const entered = new Set<string>();
  for (const call of calls) {
    const { address, proof } = call;
    const way = programs ? strangerOf(call) : undefined;
    if (way !== undefined) {
      attackers.note(address, `called the cluster's API from the internet ${way}`, 8, proof.time, proof).requests++;
      if (!entered.has(address))
        says.entries.push({ how: `calls of the cluster's API from ${address} ${way}`, time: proof.time, proof });
      entered.add(address);
    }
    const reads = way !== undefined && call.resource === 'secrets' && /^(?:get|list|watch)$/.test(call.verb);
    const deed = reads ? 'reads secrets' : call.allowed ? deedOf(call) : undefined;
    if (deed === undefined || says.persistence.length >= 500) continue;
    const told = [call.uri, ...commandsIn(call.sent)].map(tellingOf).find((why) => why !== undefined);
    says.persistence.push({
      kind: 'cluster-call',
      why: `${call.user.slice(0, 100)} ${deed} (${call.name})${told === undefined ? '' : `, which ${told}`}`,
      proof,
      ...(way === undefined && told === undefined ? { unjudged: true as const } : {}),
    });
    if (way !== undefined || told !== undefined)
      says.indicators.push(...indicatorsIn(`${call.uri} ${call.sent}`, proof));
  }
  return says;
}
