/** Which column of a table holds the time: found at the first row that has one. */
import { parseTimestampText, stamp } from '../time/timestamp.ts';

export class TimeColumn {
  #index = -1;
  #dateBefore = false;

  /** Index of the column whose cells are whole times; -1 where dates have a column of their own, or none was found yet. */
  get whole(): number {
    return this.#dateBefore ? -1 : this.#index;
  }

  /** Reads the time of a row into `stamp`. @returns false where it has none. */
  read(cells: readonly string[]): boolean {
    if (this.#index < 0) {
      const found = cells.findIndex((cell) => parseTimestampText(cell));
      // A time of day whose date is the column before, as servers of Windows write them.
      this.#dateBefore = found > 0 && stamp.dateless && parseTimestampText(`${cells[found - 1]} ${cells[found]}`);
      this.#index = found;
    }
    const own = cells[this.#index];
    const cell = this.#dateBefore ? `${cells[this.#index - 1]} ${own}` : own;
    return cell !== undefined && parseTimestampText(cell);
  }
}
