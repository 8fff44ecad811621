/** Three or four octal digits as `ls` writes a mode; the type is not in them. */
export function symbolic(octal: string): string {
  const bits = Number.parseInt(octal, 8);
  const letters = [8, 7, 6, 5, 4, 3, 2, 1, 0].map((bit) => (bits & (1 << bit) ? 'rwx'[(8 - bit) % 3]! : '-'));
  for (const [bit, place, letter] of [
    [11, 2, 's'],
    [10, 5, 's'],
    [9, 8, 't'],
  ] as const)
    if (bits & (1 << bit)) letters[place] = letters[place] === 'x' ? letter : letter.toUpperCase();
  return `-${letters.join('')}`;
}
