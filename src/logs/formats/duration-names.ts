/** What programs call the time that a request or an operation took, and which unit the name says. */

import { AZURE } from './azure-members.ts';

/** Names in which the unit is only guessed, or is that of one program. The first that a record has counts. */
export const DURATION_NAMES = [
  'request_time',
  'rt',
  'duration',
  'Duration',
  // Echo counts `latency` in nanoseconds and writes it again for people.
  'latency_human',
  'latency',
  'elapsed',
  'event.duration',
  'response_time',
  'httpRequest.latency',
  'responseTime',
  'took',
  'Elapsed',
  'time_taken',
  'cost',
  'properties.timeTaken',
  'latencies.request',
  // AWS API Gateway and Akamai DataStream 2: whole milliseconds.
  'responseLatency',
  'integrationLatency',
  'turnAroundTimeMSec',
  ...AZURE.durations,
] as const;

const STEMS = [
  'latency',
  'duration',
  'elapsed',
  'response_time',
  'request_time',
  'processing_time',
  'elapsed_time',
  'time_taken',
  'took',
  'cost',
  'rt',
  'time',
];
/** What is named like a duration but is a time: the instant of an event in log4j2's JsonLayout. */
const TIMES = new Set(['timeMillis']);
const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Names that say their unit: `elapsed_ms`, `elapsedMs`, `ElapsedMilliseconds`. */
export const DURATION_NAMES_WITH_UNIT: readonly string[] = [
  ...['ms', 'millis', 'milliseconds', 'us', 'ns', 'sec', 'seconds'].flatMap((unit) =>
    STEMS.map((stem) => `${stem}_${unit}`),
  ),
  ...['Ms', 'Millis', 'Milliseconds', 'Seconds']
    .flatMap((unit) => STEMS.flatMap((stem) => [`${camel(stem)}${unit}`, `${capital(camel(stem))}${unit}`]))
    .filter((name) => !TIMES.has(name)),
  'EdgeTimeToFirstByteMs',
  'grpc.time_ms',
];

/** How a number without a unit is to be read, by the name of its member. */
export type DurationUnit =
  | 'seconds'
  | 'milliseconds'
  | 'microseconds'
  | 'nanoseconds'
  /** Whole numbers are milliseconds, fractions seconds. */
  | 'milliseconds-when-whole'
  /** Whole numbers from ten on are milliseconds, the rest seconds. */
  | 'milliseconds-from-ten';

const PROGRAMS: { readonly [name: string]: DurationUnit } = {
  // ECS, Traefik: https://www.elastic.co/guide/en/ecs/current/ecs-event.html, https://doc.traefik.io/traefik/observability/access-logs/
  'event.duration': 'nanoseconds',
  Duration: 'nanoseconds',
  OriginDuration: 'nanoseconds',
  // Go, Python and Caddy write fractions of seconds, gateways of one's own whole milliseconds.
  duration: 'milliseconds-from-ten',
  // Serilog's request logging, Morgan and pino-http: milliseconds with a fraction.
  Elapsed: 'milliseconds',
  responseTime: 'milliseconds',
  latency: 'milliseconds-when-whole',
  elapsed: 'milliseconds-when-whole',
  took: 'milliseconds-when-whole',
  // Kong and APISIX.
  'latencies.request': 'milliseconds',
  responseLatency: 'milliseconds',
  integrationLatency: 'milliseconds',
  turnAroundTimeMSec: 'milliseconds',
  // App Service counts whole milliseconds, Application Gateway seconds with a fraction; API Management milliseconds.
  'properties.TimeTaken': 'milliseconds-when-whole',
  TimeTaken: 'milliseconds-when-whole',
  timetaken: 'milliseconds-when-whole',
  TotalTime: 'milliseconds',
  totaltime: 'milliseconds',
  durationms: 'milliseconds',
  response_time: 'milliseconds-when-whole',
  upstream_service_time: 'milliseconds-when-whole',
};
const ENDINGS: readonly (readonly [DurationUnit, RegExp])[] = [
  ['milliseconds', /(?:_(?:ms|millis|milliseconds)|Ms|Millis|Milliseconds)$/],
  ['microseconds', /_us$/],
  ['nanoseconds', /_ns$/],
];

function lookUp(name: string): DurationUnit {
  if (Object.hasOwn(PROGRAMS, name)) return PROGRAMS[name]!;
  return ENDINGS.find(([, ending]) => ending.test(name))?.[0] ?? 'seconds';
}

/** The unit of the last name: mostly that of the next one, too. */
let lastName = '';
let lastUnit: DurationUnit = 'seconds';
/** The unit that the name of a duration says. */
export function unitOfDuration(name: string): DurationUnit {
  if (name !== lastName) {
    lastName = name;
    lastUnit = lookUp(name);
  }
  return lastUnit;
}

/** A duration without a unit, in seconds; `fraction` says that it was written with a point. */
export function secondsOfNumber(value: number, fraction: boolean, name: string): number {
  switch (unitOfDuration(name)) {
    case 'milliseconds':
      return value / 1e3;
    case 'microseconds':
      return value / 1e6;
    case 'nanoseconds':
      return value / 1e9;
    case 'milliseconds-when-whole':
      return fraction ? value : value / 1e3;
    case 'milliseconds-from-ten':
      return !fraction && Number.isInteger(value) && value >= 10 ? value / 1e3 : value;
    default:
      return value;
  }
}
