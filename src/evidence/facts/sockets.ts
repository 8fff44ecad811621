/** Connections as `Get-NetTCPConnection` of PowerShell and `conntrack -L` of Linux list them. */
import type { ConnectionFact } from '../small-facts.ts';
import type { FactText } from './context.ts';

/** The title of the list, whose columns stand where it names them. */
export const NET_TCP = /^LocalAddress +LocalPort +RemoteAddress +RemotePort +State\b/m;
/** A tracked connection: protocol, seconds left, state, both ends as they were asked for. */
export const CONNTRACK =
  /^(?:ipv[46] +\d+ +)?tcp +6 +(?:\d+ +)?([A-Z_0-9]{3,20}) +src=([0-9a-f.:]{3,45}) +dst=([0-9a-f.:]{3,45}) +sport=(\d{1,5}) +dport=(\d{1,5})\b/i;

const MOST = 100_000;
/** Names of Windows to those of `ss`. */
const STATES: { readonly [name: string]: string } = {
  Established: 'ESTAB',
  Listen: 'LISTEN',
  TimeWait: 'TIME-WAIT',
  CloseWait: 'CLOSE-WAIT',
  SynSent: 'SYN-SENT',
  SynReceived: 'SYN-RECV',
  FinWait1: 'FIN-WAIT-1',
  FinWait2: 'FIN-WAIT-2',
  LastAck: 'LAST-ACK',
  Closing: 'CLOSING',
  Bound: 'UNCONN',
};

export function readSockets(file: FactText): ConnectionFact[] {
  const facts: ConnectionFact[] = [];
  for (const { line, text } of file.lines) {
    if (facts.length >= MOST) break;
    const tracked = CONNTRACK.exec(text);
    const windows = tracked
      ? null
      : /^([0-9a-fA-F.:%]{2,60}) +(\d{1,5}) +([0-9a-fA-F.:%]{2,60}) +(\d{1,5}) +([A-Z][A-Za-z0-9]{4,12})\b/.exec(text);
    const state = windows ? STATES[windows[5]!] : undefined;
    if (tracked)
      facts.push({
        file: file.file,
        line,
        state: tracked[1]!.replace(/_/g, '-').replace('ESTABLISHED', 'ESTAB'),
        local: tracked[2]!,
        localPort: Number(tracked[4]),
        remote: tracked[3]!,
        remotePort: Number(tracked[5]),
      });
    else if (windows && state)
      facts.push({
        file: file.file,
        line,
        state,
        local: windows[1]!,
        localPort: Number(windows[2]),
        remote: windows[3]!,
        remotePort: Number(windows[4]),
      });
  }
  return facts;
}
