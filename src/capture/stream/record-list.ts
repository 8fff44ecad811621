/** The first records of one direction, for inference from their lengths. Flat and bounded. */
const KEPT = 48;

export interface RecordFact {
  type: number;
  length: number;
  frame: number;
  time: number;
  encrypted: boolean;
}

export class RecordList {
  /** Records seen, kept or not. */
  count = 0;
  private readonly facts: RecordFact[] = [];
  /** The last record, also when it is no longer kept. */
  last: RecordFact | undefined;

  add(type: number, length: number, frame: number, time: number, encrypted: boolean): void {
    this.count++;
    const fact = { type, length, frame, time, encrypted };
    if (this.facts.length < KEPT) this.facts.push(fact);
    this.last = fact;
  }

  get kept(): readonly RecordFact[] {
    return this.facts;
  }
}
