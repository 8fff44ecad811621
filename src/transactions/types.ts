/** Payment tables: one row an attempt. Column meanings are found from headers in several languages and from values. */
import type { StatementRows } from './statement-rows.ts';

export type Outcome = 'approved' | 'declined' | 'error' | 'pending' | 'unknown';

/** A stretch between two files. */
export interface Gap {
  from: number;
  to: number;
  /** The days in the files' names say that one is missing between them; else only the length of the pause does. */
  named: boolean;
  /** The rows of that time are beyond those that one run keeps. */
  unread?: boolean;
}

/** Columnar; strings interned, id 0 is "". */
export interface TransactionTable {
  /** The file of its rows; the first one where there are several. */
  file: string;
  /** All files of a table that was exported in parts, in order of time, and which of them holds a row. */
  files?: string[];
  source?: Uint32Array;
  /** Stretches between files that no file covers: what happened there nobody can tell from them. */
  gaps?: Gap[];
  /** Stretches that the export of one of several machines lacks. */
  thin?: { from: number; to: number; lacks: string }[];
  length: number;
  dropped: number;
  strings: string[];
  /** Header name of each meaning that was found. */
  columns: { [meaning: string]: string };
  time: Float64Array;
  line: Uint32Array;
  order: Uint32Array;
  payment: Uint32Array;
  merchant: Uint32Array;
  /** Channel, acquirer or route. */
  route: Uint32Array;
  node: Uint32Array;
  bin: Uint32Array;
  last4: Uint32Array;
  cardFingerprint: Uint32Array;
  cardExpiry: Uint32Array;
  amount: Float64Array;
  currency: Uint32Array;
  code: Uint32Array;
  httpStatus: Uint16Array;
  status: Uint32Array;
  outcome: Uint8Array;
  latencyMs: Float32Array;
  client: Uint32Array;
  user: Uint32Array;
  device: Uint32Array;
  /** Order description, where there is one. */
  subject: Uint32Array;
  /** `merchant` where a stored card was charged without its holder (initiator.ts). */
  initiator: Uint32Array;
  /** Why, as an index into REASONS (response-codes.ts). */
  reason?: Uint8Array;
  /** `host-messages`: one row a message to or from a host, so that payments of another table occur here again. */
  role?: 'payments' | 'host-messages';
  /** Minor units per unit of the file's amounts: `amount` is already divided by it. */
  amountScale?: number;
  /** What a row is, as an index into ROW_KINDS. */
  kind?: Uint8Array;
  /** A column that holds whole card numbers: card data outside its place. */
  fullCardNumbers?: { column: string; count: number; firstLine: number };
  /** How times without a zone were read. */
  zone?: { name: string; source: 'column' | 'row' | 'topology' | 'assumed-utc' };
  /** Rows that could not be read, by reason. */
  problems?: { what: string; count: number; firstLine: number; file?: string }[];
}

/** The file that holds a row. */
export const fileOf = ({ file, files, source }: TransactionTable, row: number): string =>
  files && source ? files[source[row]!]! : file;

/** All files of a table or statement. */
export const filesOf = ({ file, files }: { file: string; files?: readonly string[] }): readonly string[] =>
  files ?? [file];

/**
 * `kind` codes of the table: an attempt to pay, money given back, money that the cardholder took back, or word of a cardholder
 * who says that a payment was fraud (Visa's TC40 and Mastercard's SAFE, which move no money).
 */
export const ROW_KINDS = ['payment', 'refund', 'dispute', 'fraud-report'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

export const kindOf = ({ kind }: TransactionTable, row: number): RowKind => ROW_KINDS[kind?.[row] ?? 0]!;

/** `outcome` codes of the table. */
export const OUTCOMES: readonly Outcome[] = ['unknown', 'approved', 'declined', 'error', 'pending'];

/** A provider's settlement or statement table, to reconcile against. */
export interface StatementTable {
  /** The file of its rows; the first one where there are several. */
  file: string;
  /** All files of a statement in parts. */
  files?: string[];
  /** Stretches that several files cover together; from the first row to the last one when not given. */
  covers?: { from: number; to: number }[];
  /** Rows beyond those that one run keeps: what is not among the rows may be among these. */
  dropped: number;
  rows: StatementRows;
}

export interface TransactionObservations {
  tables: TransactionTable[];
  statements: StatementTable[];
  /** BIN prefix to issuer, from the bundle. */
  issuers: { bin: string; issuer: string; file: string; line: number }[];
}
