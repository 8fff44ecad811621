// Where things lie in the kernel's memory. The host reads the exported numbers and fills the tables marked so.

/** Bytes of lines. What lies just before it stays zero, so that a look back ends there. */
export const BLOCK: i32 = 256;
/** 512 KiB of whole lines and one of 64 KiB, and room for reading past the end. */
export const BLOCK_ROOM: i32 = 589_824;

/** Two tables for literals of 2 * LITERAL_TABLE bytes each, filled by the host. */
export const LITERALS: i32 = 590_336;
export const LITERAL_TABLE: i32 = 131_072;

/** For the first four digits of a number: bit n says that a card number of n digits begins so. Filled by the host. */
export const ISSUERS: i32 = 1_114_624;

/** What a byte is in a request target, and whether an escaped byte is odd there. Filled by the host. */
export const KINDS: i32 = 1_154_624;
export const ODD_ESCAPES: i32 = 1_154_880;

/** The stamp of an access line that was read last: 32 bytes, and its midnight. */
export const STAMP: i32 = 1_155_136;

/** Results: places of candidates, or rows of lines. */
export const OUT: i32 = 1_155_200;
export const OUT_ROOM: i32 = 196_608;
/** The second half of it holds requests where the first holds operations. */
export const OUT_REQUESTS: i32 = 1_253_504;

/** Names of JSON members: by hash, by id, and as expected on a line. */
export const KEY_SLOTS: i32 = 1_351_808;
export const KEY_SLOT_COUNT: i32 = 4096;
export const KEYS: i32 = 1_400_960;
export const KEY_BYTES: i32 = 16;
export const MOST_KEYS: i32 = 2000;
export const GUESSES: i32 = 1_432_960;
export const GUESS_BYTES: i32 = 64;
export const MOST_GUESSES: i32 = 64;

/** The day or minute of a JSON stamp that was read. */
export const ISO: i32 = 1_437_056;
/** By slot of a JSON record: how well its value is named, 0 best. */
export const SLOT_RANKS: i32 = 1_437_136;

/** Bytes at which a token of a message ends. Filled by the host. */
export const BREAKS: i32 = 1_437_408;

/** One bit for each word of a literal by the first bits of its hash, two tables; small enough for the fastest cache. */
export const WORD_BITS: i32 = 1_437_664;
export const WORD_BITS_TABLE: i32 = 32_768;
/** The first three bytes of literals of three and four bytes, two tables of six; 255 for none. */
export const SHORTS: i32 = 1_503_200;
export const MOST_SHORTS: i32 = 6;
export const SHORTS_TABLE: i32 = 32;

/** Referers and user agents that hold no literal of the signatures. */
export const TEXTS: i32 = 1_503_264;
export const TEXT_SLOTS: i32 = 512;
export const TEXT_ROOM: i32 = 256;

/** The JSON record that was read last; see record.as. */
export const RECORD: i32 = 1_634_336;
/** Shapes of messages by hash, what each of them counted since the host asked, and those that counted anything. */
export const SHAPE_SLOTS: i32 = 1_634_848;
export const SHAPE_SLOT_COUNT: i32 = 4096;
export const SHAPES: i32 = 1_700_384;
export const SHAPE_BYTES: i32 = 24;
export const MOST_SHAPES: i32 = 3000;
export const TOUCHED: i32 = 1_772_384;
/** Plain records by level. */
export const LEVEL_COUNTS: i32 = 1_784_384;

/** Short messages that were met last. */
export const RECENT: i32 = 1_784_448;
export const RECENT_SLOTS: i32 = 512;

/** Short texts of members that were looked up last. */
export const QUICK: i32 = 1_809_024;
export const QUICK_SLOTS: i32 = 256;

/** Room to put a text together. */
export const SCRATCH: i32 = 1_817_216;
export const SCRATCH_ROOM: i32 = 8192;

/** What the host found out about texts of members. */
export const KNOWN: i32 = 1_825_408;
export const KNOWN_SLOTS: i32 = 16_384;
export const KNOWN_MOST: i32 = 10_000;

/** What stands beside the words of literals, one bit each, two tables. Filled by the host. */
export const NEIGHBOURS: i32 = 2_087_552;
export const NEIGHBOURS_TABLE: i32 = 131_072;

/** The stamp of a text line that is known: its bytes up to the seconds, and what follows its fraction; see text.as. */
export const TEXT_STAMP: i32 = 2_349_696;
export const TEXT_STAMP_ROOM: i32 = 64;
/** Where the tokens before a message begin. */
export const TOKENS: i32 = 2_349_824;
/** Beginnings of text lines by hash: where their message stands and what its level is. */
export const HEADS: i32 = 2_350_080;
export const HEAD_SLOTS: i32 = 8192;
export const MOST_HEADS: i32 = 5000;

/** What a run over text lines found, for the host; see text.as. */
export const TEXT_RESULT: i32 = 2_481_152;

/** How lines of columns are read: steps and the texts that they compare with, filled by the host; see columns.as. */
export const STEPS: i32 = 2_481_280;
export const STEPS_ROOM: i32 = 4096;
/** What may stand between the stamp of syslog and HAProxy's line: length and text of each. */
export const PREFIXES: i32 = 2_485_376;
export const MOST_PREFIXES: i32 = 16;
export const PREFIX_ROOM: i32 = 128;
/** The two stamps of a line that are known: bytes, what stands behind their fraction. */
export const COLUMN_STAMPS: i32 = 2_487_424;
/** A target whose parts stand in two columns, put together. */
export const JOINED: i32 = 2_487_680;
export const JOINED_ROOM: i32 = 16_384;

/** Lines that were taken out of others, and where the line behind each of those begins; see docker.as. */
export const INNER: i32 = 2_504_128;
export const INNER_ROOM: i32 = 327_680;
export const INNER_NEXT: i32 = 2_831_808;
export const MOST_INNER: i32 = 4096;

/** Heads of text lines, shapes of messages and records with literals by their text; see text-known.as. */
export const HEADS_BY_TEXT: i32 = 2_848_192;
export const HEADS_BY_TEXT_COUNT: i32 = 4096;
export const FORMS: i32 = 2_913_728;
export const FORM_COUNT: i32 = 4096;
export const EVENT_KEYS: i32 = 2_979_264;
export const EVENT_KEY_COUNT: i32 = 8192;
/** Where the block holds what the sweep found, in order; filled by the host. */
export const HITS: i32 = 3_110_336;
export const MOST_HITS: i32 = 16_384;
/** Records that were counted and hold something that the host is to see. */
export const EVENTS: i32 = 3_175_872;
export const EVENT_BYTES: i32 = 40;
export const MOST_EVENTS: i32 = 1024;

/** Of messages of pairs: by their names which of them are level and message, what levels mean, where values stand. */
export const PAIR_PLANS: i32 = 3_216_832;
export const PAIR_PLAN_COUNT: i32 = 256;
export const PAIR_LEVELS: i32 = 3_220_928;
export const PAIR_LEVEL_COUNT: i32 = 64;
export const PAIR_SPANS: i32 = 3_221_952;

/** What stands between the values of a JSON line; see outline.as. */
export const OUTLINE: i32 = 3_222_208;
export const OUTLINE_ROOM: i32 = 8_192;

/** What the columns of a table mean; see table.as. */
export const TABLE_COLUMNS: i32 = 3_230_400;
export const MOST_TABLE_COLUMNS: i32 = 64;

/** Short names of merchants that were looked up last: there are more of them than of other texts. */
export const QUICK_MERCHANTS: i32 = 3_230_656;
export const QUICK_MERCHANT_SLOTS: i32 = 1024;

export const MEMORY_END: i32 = 3_263_424;

/** Why a run over lines stopped where it did. */
export let stoppedAt: i32 = 0;
export function stopAt(at: i32): void {
  stoppedAt = at;
}
