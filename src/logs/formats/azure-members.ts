/**
 * What Azure calls the members of a request: resource logs as JSON (`properties.*`: App Service, Front Door, API Management,
 * Application Gateway), the tables of Log Analytics (AppServiceHTTPLogs, AGWAccessLogs, ApiManagementGatewayLogs), and the columns
 * of AzureDiagnostics, whose names end with their type.
 * @see https://learn.microsoft.com/azure/azure-monitor/reference/tables-index
 * @see https://learn.microsoft.com/azure/frontdoor/monitor-front-door-reference
 */
const NAMES = {
  status: [
    'properties.ScStatus',
    'properties.httpStatusCode',
    'properties.responseCode',
    'HttpStatus',
    'ResponseCode',
    'httpStatus_d',
    'httpStatusCode_d',
    'httpStatusCode_s',
    'responseCode_d',
  ],
  method: ['properties.CsMethod', 'properties.method', 'HttpMethod', 'Method', 'httpMethod_s', 'method_s'],
  target: ['properties.CsUriStem', 'properties.url', 'RequestUri', 'Url', 'requestUri_s', 'url_s'],
  query: ['properties.CsUriQuery', 'RequestQuery', 'requestQuery_s'],
  client: [
    'properties.clientIp',
    'properties.CIp',
    'callerIpAddress',
    'CallerIpAddress',
    'ClientIp',
    'clientIp_s',
    'clientIP_s',
    'CallerIPAddress',
  ],
  bytes: [
    'properties.ScBytes',
    'properties.responseBytes',
    'properties.responseSize',
    'ScBytes',
    'SentBytes',
    'ResponseSize',
  ],
  userAgent: ['properties.UserAgent', 'userAgent_s', 'UserAgent'],
  host: ['properties.CsHost', 'properties.hostName', 'OriginalHost', 'host_s', 'hostName_s'],
  upstream: [
    'properties.originName',
    'properties.backendHostname',
    'ServerRouted',
    'serverRouted_s',
    'originName_s',
    'backendHostname_s',
  ],
  upstreamStatus: ['properties.backendResponseCode', 'ServerStatus', 'serverStatus_s', 'BackendResponseCode'],
  /** The unit is that of the service: see duration-names.ts. */
  durations: ['properties.TimeTaken', 'TimeTaken', 'timeTaken_d', 'timeTaken_s', 'TotalTime', 'DurationMs'],
} as const;

/** Columns of tables are looked up in lower case. */
const both = (names: readonly string[]): readonly string[] => [
  ...new Set([...names, ...names.filter((name) => !name.includes('.')).map((name) => name.toLowerCase())]),
];

export const AZURE = Object.fromEntries(Object.entries(NAMES).map(([part, names]) => [part, both(names)])) as {
  readonly [part in keyof typeof NAMES]: readonly string[];
};
