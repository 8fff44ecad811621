import { Traffic } from '../logs/traffic/traffic.ts';
import type { LogObservations, RequestTable } from '../logs/types.ts';

const none = (): RequestTable => ({
  length: 0,
  dropped: 0,
  strings: [''],
  time: new Float64Array(0),
  source: new Uint16Array(0),
  line: new Uint32Array(0),
  client: new Uint32Array(0),
  method: new Uint32Array(0),
  path: new Uint32Array(0),
  query: new Uint32Array(0),
  status: new Uint16Array(0),
  bytes: new Float64Array(0),
  referer: new Uint32Array(0),
  userAgent: new Uint32Array(0),
  host: new Uint32Array(0),
  requestTime: new Float32Array(0),
  upstreamConnect: new Float32Array(0),
  upstreamHeader: new Float32Array(0),
  upstreamResponse: new Float32Array(0),
  upstream: new Uint32Array(0),
  upstreamStatus: new Uint16Array(0),
  termination: new Uint32Array(0),
  merchant: new Uint32Array(0),
});

/** Log observations before any log was read. */
export function emptyLogs(): LogObservations {
  return {
    sources: [],
    records: [],
    sampledOut: 0,
    requests: none(),
    events: [],
    templates: [],
    cards: { total: 0, hits: [] },
    traffic: new Traffic(),
    operations: new Traffic(),
    signatures: [],
    recordTotal: 0,
    approximated: [],
  };
}
