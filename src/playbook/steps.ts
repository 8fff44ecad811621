/** What the engine needs to know about the steps that do the work. The engine itself knows nothing of rooms. */
import type { Json } from '../finding.ts';

/** One input of a step; a small part of JSON Schema. */
export interface StepInput {
  type: 'string' | 'number' | 'boolean' | 'array' | 'object' | 'any';
  description: string;
  required?: boolean;
  /** The values allowed (of the items, for an array). */
  enum?: readonly string[];
  default?: Json;
}

export interface StepInputs {
  readonly [name: string]: StepInput;
}

/** What is known of a step without running it: enough to lint, plan and explain. */
export interface StepDescription {
  /** `room/name`. */
  uses: string;
  describe: string;
  inputs: StepInputs;
  /** It opens connections to the targets in its inputs. */
  contacts?: boolean;
  /** It changes something outside the case folder. */
  mutates?: boolean;
}

export interface StepResult {
  /** `failed`: the step did its work and the answer is no. `skipped`: there was nothing for it to do. An exception is an error. */
  outcome: 'passed' | 'failed' | 'skipped';
  /** One sentence for the report. */
  because?: string;
  /** Plain data that later steps may read as steps.<id>.output. */
  output?: Json;
  /** Evidence that the step rests on, for the journal. */
  evidence?: { path: string; sha256: string }[];
}

/** Shared by all steps of a run; the implementations agree on what is in it. */
export interface RunState {
  [name: string]: unknown;
}

export interface StepContext {
  readonly state: RunState;
  readonly inputs: { readonly [name: string]: Json };
  /** ms UTC, from the clock that the run was given. */
  now(): number;
  /** Aborted at the timeout of the step, at the deadline of the run and when the user interrupts. */
  readonly signal: AbortSignal;
  /** Milliseconds that the step has left. */
  remainingMs(): number;
  readonly allowChanges: boolean;
  /** Says what the step is doing, for the progress line. */
  progress(text: string): void;
  /** The value behind a reference to a secret (env:NAME, file:PATH). Never put it into an output. */
  secret(reference: string): Promise<string>;
}

export interface StepImplementation extends StepDescription {
  run(context: StepContext, inputs: Record<string, Json>): Promise<StepResult>;
  /**
   * Puts the recorded output of a finished step back into the state when a run is resumed. Without it a step that
   * neither contacts nor changes anything is simply run again, and others leave the state as it is.
   */
  restore?(context: StepContext, output: Json): void | Promise<void>;
}

export type StepRegistry = ReadonlyMap<string, StepImplementation>;
