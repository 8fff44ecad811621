/** Bounds on what is read of a bundle. */

/** Largest file that may be one part of a message. */
export const PART_BYTES = 256 * 1024;
/** Largest file that may be a message. */
export const MESSAGE_BYTES = 4 * 2 ** 20;
export const MAXIMUM_MESSAGES = 3000;
