import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrapExport } from '../../src/evidence/exports/index.ts';
import { openEvidence } from '../../src/evidence/index.ts';
import { detectLogFormat } from '../../src/logs/formats/detect.ts';
import { readLogs } from '../../src/logs/index.ts';
import { lexicon } from '../logs/read.ts';

const own = (sample: string) => detectLogFormat(Buffer.from(sample));
const lines = (text: string): { [name: string]: unknown }[] =>
  (unwrapExport(text, own)?.text ?? '')
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { [name: string]: unknown });

const AT = Date.UTC(2026, 9, 3, 2, 0, 0);
const iso = (i: number): string => new Date(AT + i * 1000).toISOString();
const SAYS = ['started', 'connect ECONNREFUSED 203.0.113.77:8443', 'stopped\n    at f (a.js:1:2)'];
const each = <T>(make: (says: string, i: number) => T): T[] => SAYS.map(make);

/** What each platform hands out. */
const EXPORTS: { [name: string]: string } = {
  'CloudWatch get-log-events': JSON.stringify(
    {
      events: each((message, i) => ({ timestamp: AT + i * 1000, message: `${message}\n`, ingestionTime: AT + 9e6 })),
      nextForwardToken: 'f/1',
    },
    null,
    4,
  ),
  'CloudWatch filter-log-events': JSON.stringify(
    {
      events: each((message, i) => ({
        logStreamName: 's',
        timestamp: AT + i * 1000,
        message: `${message}\n`,
        ingestionTime: AT + 9e6,
        eventId: `${i}`,
      })),
      searchedLogStreams: [],
    },
    null,
    4,
  ),
  'CloudWatch Logs Insights': JSON.stringify({
    results: each((message, i) => [
      { field: '@timestamp', value: iso(i).replace('T', ' ').replace('Z', '') },
      { field: '@message', value: message },
      { field: '@logStream', value: 's' },
      { field: '@ptr', value: 'x' },
    ]),
    status: 'Complete',
  }),
  Elasticsearch: JSON.stringify({
    took: 3,
    hits: {
      total: { value: 3 },
      hits: each((message, i) => ({
        _index: 'logs',
        _id: `${i}`,
        _source: { '@timestamp': iso(i), message, host: { name: 'a' } },
        sort: [1],
      })),
    },
  }),
  'Kibana inspect, fields': JSON.stringify({
    rawResponse: {
      hits: {
        hits: each((message, i) => ({
          _index: 'logs',
          _id: `${i}`,
          fields: { '@timestamp': [iso(i)], message: [message], 'host.name': ['a'] },
        })),
      },
    },
  }),
  Datadog: JSON.stringify({
    data: each((message, i) => ({
      id: `${i}`,
      type: 'log',
      attributes: { timestamp: iso(i), status: 'error', service: 'pay', message, attributes: { order: i } },
    })),
  }),
  Loki: JSON.stringify({
    status: 'success',
    data: {
      resultType: 'streams',
      result: [{ stream: { app: 'pay' }, values: each((message, i) => [`${AT + i * 1000}000000`, message]) }],
    },
  }),
  'Grafana download': JSON.stringify(
    each((line, i) => ({ line, timestamp: `${AT + i * 1000}000000`, date: iso(i), labels: { app: 'pay' } })),
  ),
  'Google Cloud': JSON.stringify(
    each((textPayload, i) => ({ insertId: `${i}`, severity: 'ERROR', timestamp: iso(i), textPayload, labels: {} })),
    null,
    2,
  ),
  'Azure Monitor': JSON.stringify({
    tables: [
      {
        name: 'PrimaryResult',
        columns: [{ name: 'TimeGenerated' }, { name: 'Computer' }, { name: 'LogMessage' }],
        rows: each((message, i) => [iso(i), 'node-1', message]),
      },
    ],
  }),
  'journalctl -o json-pretty': each((MESSAGE, i) =>
    JSON.stringify(
      {
        __REALTIME_TIMESTAMP: String(Date.parse(iso(i)) * 1000),
        PRIORITY: '3',
        _SYSTEMD_UNIT: 'pay.service',
        MESSAGE,
      },
      null,
      '\t',
    ),
  ).join('\n'),
  'kubectl get events': JSON.stringify({
    kind: 'List',
    items: each((message, i) => ({
      type: 'Warning',
      reason: 'Unhealthy',
      lastTimestamp: iso(i),
      message,
      involvedObject: { kind: 'Pod', name: 'pay-1' },
    })),
  }),
  'Splunk JSON': each((_raw, i) =>
    JSON.stringify({ preview: false, offset: i, result: { _time: iso(i), _raw, host: 'a' } }),
  ).join('\n'),
  'Splunk CSV': `"_time",host,"_raw"\n${each((raw, i) => `"${iso(i)}",a,"${raw}"`).join('\n')}\n`,
  'Datadog CSV': `Date,Host,Service,Content\n${each((raw, i) => `${iso(i)},a,pay,"${raw}"`).join('\n')}\n`,
  'CloudWatch CSV': `timestamp,message\n${each((raw, i) => `${AT + i * 1000},"${raw}"`).join('\n')}\n`,
  'Grafana CSV': `Time,Line,tsNs,labels\n${each((raw, i) => `${iso(i)},"${raw}",${AT + i * 1000}000000,"{}"`).join('\n')}\n`,
};

describe('exports of log platforms', () => {
  for (const [name, text] of Object.entries(EXPORTS))
    it(`${name}: each record with its time in UTC and its whole text`, () => {
      const records = lines(text);
      expect(records.map(({ timestamp }) => timestamp)).toEqual([iso(0), iso(1), iso(2)]);
      const told = records.map((record) => record.message);
      expect(told).toEqual(SAYS);
    });

  it('takes the record of the program where the line is one', () => {
    const text = JSON.stringify({
      events: each((msg, i) => ({
        logStreamName: 's',
        timestamp: AT + i,
        message: JSON.stringify({ level: 'error', msg, ts: 5 }),
      })),
    });
    expect(lines(text)[1]).toMatchObject({ level: 'error', msg: SAYS[1], ts: 5 });
  });

  it('takes requests that say nothing in words, one value after the other or inside a search result', () => {
    const request = (i: number) => ({
      '@timestamp': iso(i),
      client: { ip: '192.0.2.7' },
      http: { response: { status_code: 502 } },
      url: { path: '/' },
    });
    const hits = JSON.stringify(
      { hits: { hits: [0, 1, 2].map((i) => ({ _index: 'l', _source: request(i) })) } },
      null,
      2,
    );
    expect(lines(hits).map(({ timestamp }) => timestamp)).toEqual([0, 1, 2].map(iso));
    const joined = [0, 1, 2].map((i) => JSON.stringify({ level: 'info', ...request(i) })).join('');
    expect(lines(joined).map(({ timestamp }) => timestamp)).toEqual([0, 1, 2].map(iso));
  });

  it('takes rows whose line is the record of a program that calls its text something else', () => {
    const inner = (i: number) => JSON.stringify({ msg: 'request', level: 'error', status: 500 + i });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const csv = ['Time,Line,labels', ...[0, 1, 2].map((i) => `${AT + i * 1000},${quoted(inner(i))},x`)].join('\n');
    expect(lines(csv).map(({ status }) => status)).toEqual([500, 501, 502]);
    const loki = JSON.stringify([0, 1, 2].map((i) => ({ line: inner(i), timestamp: `${AT + i}000000`, fields: {} })));
    expect(lines(loki).map(({ status }) => status)).toEqual([500, 501, 502]);
  });

  it('takes the status of Datadog for the level that it is', () => {
    const csv = `Date,Host,Service,Message,Status\n${[0, 1, 2].map((i) => `${iso(i)},w,pay,failed,error`).join('\n')}\n`;
    expect(lines(csv).map(({ level }) => level)).toEqual(['error', 'error', 'error']);
  });

  it('keeps access lines as lines, behind the time of the platform', () => {
    const text = JSON.stringify({
      events: each((_, i) => ({
        logStreamName: 'lb',
        timestamp: AT + i * 1000,
        message: `192.0.2.${i} - - [03/Oct/2026:02:00:0${i} +0000] "POST /pay HTTP/1.1" 502 12 "-" "curl/8"\n`,
      })),
    });
    const out = unwrapExport(text, own)!.text;
    expect(out.split('\n')[0]).toBe(
      `${iso(0)} export 192.0.2.0 - - [03/Oct/2026:02:00:00 +0000] "POST /pay HTTP/1.1" 502 12 "-" "curl/8"`,
    );
    expect(own(out)?.role).toBe('access');
  });

  const event = (i: number): string =>
    `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>4625</EventID><TimeCreated SystemTime='${iso(i)}'/></System><EventData><Data Name='m'>a\n${i}</Data></EventData></Event>`;
  const events = Array.from({ length: 300 }, (_, i) => event(i));

  it.each<[string, string, string | undefined]>([
    ['on one long line', `<?xml version="1.0"?>\r\n<Events>${events.join('').replaceAll('a\n', 'a')}</Events>`, 'a299'],
    ['spread over lines', `<Events>\n${events.join('\n').replaceAll('><', '>\n  <')}\n</Events>\n`, 'a&#10;299'],
    ['on a line each', `${events.join('\n').replaceAll('a\n', 'a')}\n`, undefined],
    ['of another kind', '<Events><Event><Name>a</Name></Event></Events>', undefined],
  ])('takes Windows events as XML apart that stand %s', async (_, text, last) => {
    const found = unwrapExport(text, own);
    expect(found?.records).toBe(last && 300);
    if (last) expect(found?.text.trimEnd().split('\n').at(-1)).toContain(`<Data Name='m'>${last}</Data>`);
    const folder = mkdtempSync(join(tmpdir(), 'events-'));
    try {
      writeFileSync(join(folder, 'events.xml'), Buffer.from(`\ufeff${text}`, 'utf16le'));
      const { items } = await openEvidence([folder], { detectors: { log: detectLogFormat } });
      expect(items[0]!.kind).toBe(text.includes('<System>') ? 'log' : 'structured');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('reads the events of kubectl by the place of their columns, empty ones and names of two words among them', () => {
    const table = [
      ['NAMESPACE', 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'SUBOBJECT', 'SOURCE', 'MESSAGE', 'FIRST SEEN', 'COUNT'],
      [
        'pay',
        '2m (x5 over 10m)',
        'Warning',
        'FailedMount',
        'pod/gw-0',
        '',
        'kubelet, n3',
        'secret "tls" not found',
        '3h',
        '97',
      ],
      [
        'pay',
        '9m',
        'Normal',
        'Pulled',
        'pod/gw-0',
        'spec.containers{gw}',
        'kubelet, n3',
        'image is present',
        '9m',
        '1',
      ],
    ];
    const width = table[0]!.map((_, i) => Math.max(...table.map((cells) => cells[i]!.length)) + 3);
    const text = table
      .map((cells) =>
        cells
          .map((cell, i) => cell.padEnd(width[i]!))
          .join('')
          .trimEnd(),
      )
      .join('\n');
    expect(lines(text)).toEqual([
      {
        level: 'warn',
        message: 'secret "tls" not found',
        reason: 'FailedMount',
        age: '2m (x5 over 10m)',
        object: 'pod/gw-0',
      },
      { level: 'info', message: 'image is present', reason: 'Pulled', age: '9m', object: 'pod/gw-0' },
    ]);
  });

  const ROWS = [
    '0s          Warning   Unhealthy   pod/pay-gateway-5d8f7c9b6d-x2x7k   Readiness probe failed: HTTP probe failed with statuscode: 503',
    '3m10s       Warning   BackOff     pod/pay-gateway-5d8f7c9b6d-x2x7k   Back-off restarting failed container',
    '<unknown>   Normal    Scheduled   pod/pay-gateway-5d8f7c9b6d-x2x7k   Successfully assigned pay/pay-gateway-5d8f7c9b6d-x2x7k to node-1',
  ];
  const COLUMNS = 'LAST SEEN   TYPE      REASON      OBJECT                             MESSAGE';

  it.each<[string, string[]]>([
    ['as printed', [COLUMNS, ...ROWS]],
    ['without its header', ROWS],
    ['of all namespaces without its header', ROWS.map((row) => `pay         ${row}`)],
  ])('takes a table of events for one, not for a notice: %s', async (_, table) => {
    const folder = mkdtempSync(join(tmpdir(), 'events-'));
    try {
      writeFileSync(join(folder, 'events.txt'), `${table.join('\n')}\n`);
      const { items, sources } = await openEvidence([folder], { detectors: { log: detectLogFormat } });
      expect([items[0]!.kind, items[0]!.format]).toEqual(['log', 'kubectl-events']);
      const logs = await readLogs(
        sources.map((source) => ({
          file: source.item.path,
          head: source.head,
          layout: source.layout!,
          chunks: () => source.chunks(),
        })),
        { lexicon, now: AT },
      );
      expect(logs.sources[0]).toMatchObject({ format: 'kubectl-events', unparsed: 0, levels: { warn: 2, info: 1 } });
      expect(logs.records[1]!.message).toContain('Back-off restarting failed container');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('leaves prose alone that names what such a table has', () => {
    expect(
      unwrapExport('The type, reason and message of each event are kept.\nLast seen: 5m ago\n', own),
    ).toBeUndefined();
    expect(unwrapExport(`${ROWS[0]}\nThis was seen today.\nWe restarted it.\nIt came again.\n`, own)).toBeUndefined();
  });

  const OTHERS: { [name: string]: string } = {
    'a list of changes': JSON.stringify([
      { time: iso(0), message: 'pay 4.2 rolled out' },
      { time: iso(1), message: 'pay 4.1 rolled back' },
    ]),
    'a table of changes': `time,message\n${iso(0)},pay 4.2 rolled out\n${iso(1)},pay 4.1 rolled back\n`,
    settings: JSON.stringify({
      listeners: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
    }),
    'an empty list': '[]',
    'half a document': '{"events":[{"timestamp":1,"message":"x"',
    'deep nesting': '['.repeat(200_000),
    text: 'nothing of the kind',
  };
  for (const [name, text] of Object.entries(OTHERS))
    it(`leaves ${name} alone`, () => expect(unwrapExport(text, own)).toBeUndefined());

  it('never throws and never loses itself, whatever the document', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        unwrapExport(JSON.stringify(value), own);
      }),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        unwrapExport(`_time,_raw\n${text}`, own);
        unwrapExport(`{${text}`, own);
      }),
    );
  });

  it('is taken in as a log that says what its line numbers mean', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'export-'));
    try {
      writeFileSync(join(folder, 'hits.json'), EXPORTS.Elasticsearch!);
      const { items, sources, problems } = await openEvidence([folder], { detectors: { log: detectLogFormat } });
      expect(items[0]).toMatchObject({ kind: 'log', notes: [expect.stringContaining('3 log records')] });
      expect(problems).toEqual([]);
      expect(sources[0]!.file).toBeUndefined();
      expect((await sources[0]!.bytes()).toString()).toContain('ECONNREFUSED');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
