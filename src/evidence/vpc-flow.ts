/** Amazon VPC flow logs (user guide, flow log records), known to the readers of flows and of logs. */

/** Fields of a VPC flow log in its default format, which CloudWatch hands out without a header. */
export const VPC_FLOW_FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
/** A record of it. */
export const VPC_FLOW =
  /^2 (?:\d{12}|unknown) (?:eni-[0-9a-f]+|-) (?:\S+ ){2}(?:(?:\d+|-) ){5}\d+ \d+ (?:ACCEPT|REJECT|-) (?:OK|NODATA|SKIPDATA)[ \r]*$/;
