/** Things derived once from the observations and shared by checks. */
export interface Derived {
  /** Filled by the diagnosis work: legs, outages, chains. */
  placeholder?: never;
}
