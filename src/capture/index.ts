/** The capture room: capture file → packets → flows → handshakes, each with one verdict. */
import { type CaptureOptions, type CapturesResult, readCaptures } from './read.ts';

export type { CaptureCounts, CaptureFileResult, CaptureInput, CaptureOptions, CapturesResult } from './read.ts';
export { readCaptures } from './read.ts';
export type { SliceResult, SliceSelection } from './slice.ts';
export { sliceCapture } from './slice.ts';
export type { LadderStep } from './views/ladder.ts';
export { ladder } from './views/ladder.ts';
export type { HandshakeRow } from './views/row-types.ts';
export { handshakeRow, serverProfile } from './views/rows.ts';
export type { ClientGroup, ServerSummary, TimelineBucket } from './views/statistics.ts';
export { clientGroups, serverSummaries, timeline } from './views/statistics.ts';

/**
 * Reads one capture (pcap or pcapng, gz or zst inside or not) from chunks of any size.
 * Times are ms UTC; notes say what could not be read and where. Never throws on bad content.
 */
export function readCapture(
  source: AsyncIterable<Buffer>,
  file: string,
  options: CaptureOptions = {},
): Promise<CapturesResult> {
  return readCaptures([{ file, source }], options);
}
