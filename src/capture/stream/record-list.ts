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
  private readonly facts: number[] = [];

  add(type: number, length: number, frame: number, time: number, encrypted: boolean): void {
    this.count++;
    this.lastFrame = frame;
    if (this.facts.length < KEPT * FIELDS) this.facts.push(encrypted ? type + ENCRYPTED : type, length, frame, time);
  }

  /** Records that were kept. */
  get kept(): number {
    return this.facts.length / FIELDS;
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
