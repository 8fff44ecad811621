// Requests among JSON lines, as `isAccessRecord` and `readAccessRecord` have them; whatever is unusual is for the host.
import { SCRATCH, SCRATCH_ROOM } from './layout';
import {
  ACCESS_CLIENT,
  end,
  INTEGER,
  kindOf,
  METHOD,
  ODD_STRING,
  OTHER,
  QUERY,
  REFERER,
  REQUEST_LINE,
  REQUEST_TIME,
  start,
  STATUS,
  STRING,
  TARGET,
  TERMINATION,
  UPSTREAM,
  USER_AGENT,
} from './record';
import {
  endpointHigh,
  endpointLow,
  holdsWord,
  merchantFrom,
  merchantTo,
  namedMerchant,
  noQuery,
  odd,
  path,
  query,
  signatureBits,
  textHoldsWord,
} from './target';
import { known, knownEndpoint, knownMerchant, knownMerchantAt, OF_REQUEST } from './texts';
import { clientOf, durationOf } from './values';

/** Bits of members that a record has, as json-keys.ts gives them out. */
const HAS_STATUS: i32 = 1;
const HAS_REQUEST_LINE: i32 = 2;
const HAS_METHOD: i32 = 4;
const HAS_TARGET: i32 = 8;
const IN_MILLISECONDS: i32 = 16;
/** A text of an error. */
export const HAS_ERROR: i32 = 32;
/** Two members that together make a record the error that met a request. */
const ERROR_OF_REQUEST: i32 = 64 | 128;

/** Whether a record of these members may be a request: a status with a request line, or with a method and a target. */
// @ts-ignore
@inline
export function mayBeRequest(bits: i32): bool {
  return (
    (bits & HAS_STATUS) != 0 &&
    (bits & ERROR_OF_REQUEST) != ERROR_OF_REQUEST &&
    ((bits & HAS_REQUEST_LINE) != 0 || (bits & (HAS_METHOD | HAS_TARGET)) == (HAS_METHOD | HAS_TARGET))
  );
}

export const PLAIN: i32 = 1;
export const NO_REQUEST: i32 = 2;
export const FOR_PARSER: i32 = 0;

/** Of a plain request: its status, endpoint, upstream and merchant; see `clientOf` and `durationOf` for the rest. */
export let status: i32 = 0;
export let requestEndpoint: i32 = 0;
export let requestUpstream: i32 = 0;
export let requestMerchant: i32 = 0;

/** @returns PLAIN when all that is counted of the request at hand is known; NO_REQUEST when the record is none. */
export function plainRequest(bits: i32): i32 {
  const code = statusOf();
  if (code < 0) return NO_REQUEST;
  if (code == 0) return FOR_PARSER;
  let from: i32;
  let to: i32;
  let line = false;
  if (kindOf(REQUEST_LINE) != 0) {
    if (kindOf(REQUEST_LINE) != STRING) return FOR_PARSER;
    from = start(REQUEST_LINE);
    to = end(REQUEST_LINE);
    const method = from;
    while (<u32>load<u8>(from) - 65 < 26) from++;
    if (from - method < 3 || from - method > 10 || load<u8>(from) != 32) return FOR_PARSER;
    from++;
    line = true;
  } else {
    if (kindOf(METHOD) == 0 || kindOf(TARGET) == 0) return NO_REQUEST;
    if (kindOf(TARGET) != STRING) return FOR_PARSER;
    from = start(TARGET);
    to = end(TARGET);
  }
  if (from >= to) return FOR_PARSER;
  if (load<u8>(from) != 47) {
    from = afterAuthority(from, to);
    if (from == 0) return FOR_PARSER;
  } else if (namesScheme(from, to)) return FOR_PARSER;
  const mark = path(from);
  if (mark == 0) return FOR_PARSER;
  const high = endpointHigh;
  const low = endpointLow;
  const queried = load<u8>(mark) == 63;
  const stop = queried ? query(mark + 1) : mark;
  if (line) {
    // The protocol is all that may follow.
    if (load<u8>(stop) != 32 || load<u32>(stop, 1) != 0x50545448 || load<u8>(stop, 5) != 47) return FOR_PARSER;
    for (let at = stop + 6; at < to; at++) if (load<u8>(at) == 32) return FOR_PARSER;
  } else if (stop != to) return FOR_PARSER;
  let suspicious = odd != 0;
  if (signatureBits == 0) return FOR_PARSER;
  // A query of its own counts where the target has none.
  if (!line && kindOf(QUERY) != 0 && (!queried || stop == mark + 1)) {
    if (!joinQuery(from, mark)) return FOR_PARSER;
    suspicious = suspicious || odd != 0 || holdsWord(SCRATCH, joined);
  } else suspicious = suspicious || holdsWord(from, stop);
  if (suspicious || asks(REFERER) || asks(USER_AGENT) || kindOf(TERMINATION) != 0) return FOR_PARSER;
  status = code;
  requestEndpoint = knownEndpoint(high, low, OF_REQUEST);
  requestUpstream = known(UPSTREAM);
  requestMerchant = knownMerchant();
  if (requestMerchant == 0 && namedMerchant()) requestMerchant = knownMerchantAt(merchantFrom, merchantTo);
  return requestEndpoint >= 0 &&
    requestMerchant >= 0 &&
    requestUpstream >= 0 &&
    clientOf(ACCESS_CLIENT) &&
    durationOf(REQUEST_TIME, (bits & IN_MILLISECONDS) != 0)
    ? PLAIN
    : FOR_PARSER;
}

/** The status, -1 where the value makes the record no request, 0 where the parser has to say it. */
function statusOf(): i32 {
  const kind = kindOf(STATUS);
  if (kind == 0) return -1;
  if (kind == ODD_STRING || kind == OTHER) return 0;
  const from = start(STATUS);
  const length = end(STATUS) - from;
  const hundreds = <i32>load<u8>(from) - 48;
  if (length == 3) {
    const tens = <u32>load<u8>(from, 1) - 48;
    const ones = <u32>load<u8>(from, 2) - 48;
    return hundreds > 0 && hundreds < 6 && tens < 10 && ones < 10 ? hundreds * 100 + <i32>(tens * 10 + ones) : -1;
  }
  // 0, a dash and nothing are statuses, too.
  return length > 1 || (length == 1 && hundreds != 0 && hundreds != -3) ? -1 : 0;
}

/** Whether a colon among the first bytes may belong to a scheme, as `setTarget` looks for one. */
function namesScheme(from: i32, to: i32): bool {
  for (let at = from + 1; at < from + 8 && at < to; at++) if (load<u8>(at) == 58) return true;
  return false;
}

/** Index of the slash behind `https://shop.test:443`, or 0. */
function afterAuthority(from: i32, to: i32): i32 {
  // http, then s
  if (load<u32>(from) != 0x70747468) return 0;
  let at = from + (load<u8>(from, 4) == 115 ? 5 : 4);
  // ://
  if ((load<u32>(at) & 0xffffff) != 0x2f2f3a) return 0;
  for (at += 3; at < to; at++) if (load<u8>(at) == 47) return at;
  return 0;
}

/** End of what `joinQuery` put together. */
let joined: i32 = 0;

/** Puts path, question mark and query together, as the literals of signatures are looked for in them. */
function joinQuery(from: i32, mark: i32): bool {
  const kind = kindOf(QUERY);
  const text = start(QUERY);
  const length = end(QUERY) - text;
  noQuery();
  const pathLength = mark - from;
  joined = SCRATCH + pathLength;
  if (pathLength + length + 32 > SCRATCH_ROOM) return false;
  memory.copy(SCRATCH, from, pathLength);
  // An empty one is none, as is a dash.
  if (length == 0 || (length == 1 && load<u8>(text) == 45)) {
    fence();
    return true;
  }
  if (kind != STRING && kind != INTEGER) return false;
  if (kind == STRING && query(text) != text + length) return false;
  store<u8>(joined, 63);
  memory.copy(joined + 1, text, length);
  joined += length + 1;
  fence();
  return true;
}

/** Nothing of what was joined before stands behind the end. */
// @ts-ignore
@inline
function fence(): void {
  store<u64>(joined, 0);
}

/** Whether a referer or user agent asks for a closer look. */
function asks(slot: i32): bool {
  const kind = kindOf(slot);
  if (kind == 0 || kind == INTEGER) return false;
  return kind != STRING || textHoldsWord(start(slot), end(slot));
}
