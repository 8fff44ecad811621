/** One record of an export under the names that JSON logs use. */
export interface ExportedRecord {
  /** ISO 8601 in UTC, or as the platform wrote it where that could not be read. */
  timestamp?: string;
  message?: string;
  [name: string]: unknown;
}
