/** Bounds that keep hostile or huge evidence from taking the machine down. All are configuration. */
export interface EvidenceLimits {
  /** Files and archive members taken in, over the whole run. */
  files: number;
  /** Folder depth below an input. */
  folderDepth: number;
  /** Archives inside archives. */
  archiveDepth: number;
  /** Bytes after decompression, per artefact. */
  expandedBytes: number;
  /** Bytes after decompression kept in memory for the readers, over the whole run. */
  memoryBytes: number;
  /** Expanded-to-stored ratio above which a stream longer than `bombBytes` is treated as a bomb. */
  bombRatio: number;
  bombBytes: number;
  /** Files up to this size are read at once. */
  wholeFileBytes: number;
}

export const DEFAULT_LIMITS: EvidenceLimits = {
  files: 20_000,
  folderDepth: 32,
  archiveDepth: 3,
  expandedBytes: 16 * 2 ** 30,
  memoryBytes: 64 * 2 ** 20,
  // DEFLATE cannot exceed 1032:1 (RFC 1951 longest match); very repetitive logs reach about 150:1.
  bombRatio: 400,
  bombBytes: 64 * 2 ** 20,
  wholeFileBytes: 8 * 2 ** 20,
};

/** Bytes of an artefact handed to detection. */
export const HEAD_BYTES = 64 * 1024;
