import { describe, expect, it } from 'vitest';
import { CertificateStore } from '../../src/capture/stream/certificate-store.ts';
import { TlsSession } from '../../src/capture/stream/tls-session.ts';
import { Flow } from '../../src/capture/tcp/flow.ts';
import { ClientHelloParser } from '../../src/tls/client-hello.ts';
import { KeyLog } from '../../src/tls/key-log.ts';

/** Puts something else into every field that is no object shared with others; returns how many. */
function soil(thing: object, keep: ReadonlySet<string>): number {
  let count = 0;
  for (const [name, value] of Object.entries(thing)) {
    if (keep.has(name)) continue;
    count++;
    if (typeof value === 'number') Reflect.set(thing, name, 123_456);
    else if (typeof value === 'boolean') Reflect.set(thing, name, !value);
    else if (Array.isArray(value)) Reflect.set(thing, name, [...value, 'left over']);
    else if (value === undefined) Reflect.set(thing, name, Buffer.from('left over'));
    else count += soil(value, keep) - 1;
  }
  return count;
}

describe('flows and sessions that are used again', () => {
  it('keep nothing of the connection before', () => {
    const flow = new Flow(7, 1, 2, 3, 4, true);
    expect(soil(flow, new Set(['addresses', 'ports', 'sides', 'session']))).toBeGreaterThan(8);
    for (const side of flow.sides) expect(soil(side, new Set())).toBeGreaterThan(40);
    flow.begin(9, 3_000_000_000, 65_535, 5, 443, false);
    expect(flow).toEqual(new Flow(9, 3_000_000_000, 65_535, 5, 443, false));
  });

  it('begin a session without secrets, messages and records of the one before', () => {
    const tools = { hellos: new ClientHelloParser(), certificates: new CertificateStore(), keyLog: new KeyLog() };
    const session = new TlsSession(tools);
    const shared = new Set(['tools', 'transport', 'events', 'fromClient', 'header', 'facts']);
    expect(soil(session, new Set([...shared, 'client', 'server']))).toBeGreaterThan(30);
    for (const half of [session.client, session.server]) {
      expect(soil(half, shared)).toBeGreaterThan(15);
      half.records.add(22, 512, 1, 1_780_000_000_000.5, false);
    }
    session.reset();
    const fresh = new TlsSession(tools);
    for (const half of [session.client, session.server]) {
      expect(half.records.kept).toBe(0);
      Reflect.deleteProperty(half.records, 'facts');
    }
    for (const half of [fresh.client, fresh.server]) Reflect.deleteProperty(half.records, 'facts');
    expect(session).toEqual(fresh);
  });
});
