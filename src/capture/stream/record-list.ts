/** The first records of one direction, for inference from their lengths. Flat numbers, bounded. */
const KEPT = 48;
const FIELDS = 4;
/** Added to the type of records that are encrypted. */
const ENCRYPTED = 256;

export class RecordList {
  /** Records seen, kept or not. */
  count = 0;
  /** Frame of the last record, kept or not. */
  lastFrame = 0;
  private stored = 0;
  /** Numbers with a fraction first: an array of whole numbers would be made anew at the first time. */
  private readonly facts: number[] = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5];

  add(type: number, length: number, frame: number, time: number, encrypted: boolean): void {
    this.count++;
    this.lastFrame = frame;
    const { facts, stored } = this;
    if (stored >= KEPT * FIELDS) return;
    facts[stored] = encrypted ? type + ENCRYPTED : type;
    facts[stored + 1] = length;
    facts[stored + 2] = frame;
    facts[stored + 3] = time;
    this.stored = stored + FIELDS;
  }

  reset(): void {
    this.count = 0;
    this.lastFrame = 0;
    this.stored = 0;
  }

  /** Records that were kept. */
  get kept(): number {
    return this.stored / FIELDS;
  }

  type(index: number): number {
    return this.facts[index * FIELDS]! & 255;
  }

  encrypted(index: number): boolean {
    return this.facts[index * FIELDS]! >= ENCRYPTED;
  }

  length(index: number): number {
    return this.facts[index * FIELDS + 1]!;
  }

  frame(index: number): number {
    return this.facts[index * FIELDS + 2]!;
  }

  /** ms UTC. */
  time(index: number): number {
    return this.facts[index * FIELDS + 3]!;
  }
}
