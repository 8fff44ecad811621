/** The frame of layouts that have a file of their own: told by one line, read line by line with what the reader remembers. */
import type { Level, LogSource } from '../../types.ts';
import type { Fields } from '../fields.ts';

export interface LayoutRecord {
  /** Line at which the record began, when that was an earlier one. */
  line?: number;
  /** As `parseTimestampText` takes it; a line whose time is none fits nothing. The one before it where absent. */
  time?: string | undefined;
  level?: Level | undefined;
  node?: string | undefined;
  logger?: string | undefined;
  message: string;
  fields?: Fields;
}

/**
 * `part`: belongs to the layout and stands for nothing by itself (a header, the head of a record that is still to come).
 * `continued`: goes on with the record before. undefined: fits nothing, and is counted.
 */
export type LayoutLine = readonly LayoutRecord[] | 'part' | 'continued' | undefined;

export interface Layout {
  format: string;
  role: LogSource['role'];
  software?: string;
  /** Whether a line can be of no other layout. At most 4 KiB are shown. */
  fits(text: string): boolean;
  /** A reader for one file. */
  reader(): (text: string, line: number) => LayoutLine;
}
