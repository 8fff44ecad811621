/** Words that follow a number. */

/** `1 line`, `2 lines`. @param many where the plural is not the word with an s. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
