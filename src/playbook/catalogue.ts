/**
 * The steps that paymedic itself offers, described. The implementations live with the triage; lint, plan and docs need
 * only this, and a test compares the two.
 */
import type { StepDescription, StepInputs } from './steps.ts';

const only: StepInputs = {
  paths: {
    type: 'array',
    description:
      'Patterns of evidence paths to read (* stands for any characters); everything of its kind when not given.',
  },
};

export const STEP_CATALOGUE: readonly StepDescription[] = [
  {
    uses: 'read/logs',
    describe: 'Reads every log: formats, times, error texts, counters per minute, card numbers.',
    inputs: only,
  },
  {
    uses: 'read/certificates',
    describe: 'Reads certificates, chains, keys, revocation lists and keystores.',
    inputs: only,
  },
  {
    uses: 'read/configurations',
    describe: 'Reads server and client configurations with file and line of every setting.',
    inputs: only,
  },
  {
    uses: 'read/captures',
    describe: 'Reads packet captures: TCP verdicts, TLS handshakes, alerts and who cut them.',
    inputs: only,
  },
  {
    uses: 'read/transactions',
    describe: 'Reads payment tables: attempts, outcomes and codes by merchant, route and BIN.',
    inputs: only,
  },
  {
    uses: 'read/facts',
    describe: 'Reads the small facts: topology, changes, notices, clocks, DNS answers, file listings, versions.',
    inputs: only,
  },
  {
    uses: 'read/messages',
    describe: 'Verifies signed payment messages: dual signatures, CMS, JWS, provider signatures, callbacks.',
    inputs: only,
  },
  {
    uses: 'probe/endpoints',
    describe:
      'Connects gently to the endpoints that the user named: certificate chain and protocol, one or two connections each.',
    inputs: {
      targets: {
        type: 'array',
        description: 'host:port each; the endpoints among the inputs of the run when not given.',
      },
    },
    contacts: true,
  },
  {
    uses: 'judge/checks',
    describe: 'Runs checks over everything that was read and adds their findings.',
    inputs: {
      groups: {
        type: 'array',
        description: 'Groups of checks (tls, pay, ...) or single checks (tls/name); all when not given.',
      },
    },
  },
  {
    uses: 'explain/diagnosis',
    describe: 'Ranks the causes that explain the findings, with onset, priority and owner.',
    inputs: { causes: { type: 'array', description: 'Causes to consider; all when not given.' } },
  },
  {
    uses: 'plan/remedy',
    describe: 'Puts the remedy of each diagnosed cause into the report: what to do, where, and whom to tell.',
    inputs: {},
  },
  {
    uses: 'verify/findings',
    describe: 'Passes when no finding that fits is left; fails and names them otherwise.',
    inputs: {
      findings: { type: 'array', description: "Patterns of finding ids, for example 'tls/*'; all when not given." },
      causes: { type: 'array', description: 'Causes that must not be diagnosed any more.' },
      priority: {
        type: 'string',
        description: 'Only findings at this priority or above.',
        enum: ['urgent', 'important', 'routine'],
      },
    },
  },
];

const args: StepInputs = {
  args: {
    type: 'array',
    description: 'Arguments as on the command line, one item each; --format is added.',
    required: true,
  },
};

/** Commands of paymedic as steps; they run in a process of their own and give `{summary, findings}`, or their whole document where it has neither. */
export const COMMAND_CATALOGUE: readonly StepDescription[] = [
  {
    uses: 'command/certs',
    describe: 'Audits certificates, keys and revocation lists, of files and of live targets.',
    inputs: args,
    contacts: true,
  },
  {
    uses: 'command/ciphers',
    describe: 'Enumerates live servers, judges configurations against policies.',
    inputs: args,
    contacts: true,
  },
  {
    uses: 'command/logs',
    describe: 'Reads logs: error classes with onset, interruptions, card numbers.',
    inputs: args,
  },
  { uses: 'command/pcap', describe: 'Gives one verdict per TLS handshake of a capture.', inputs: args },
  {
    uses: 'command/triage',
    describe: 'Investigates other evidence, or live targets, from the start.',
    inputs: args,
    contacts: true,
  },
  {
    uses: 'command/verify',
    describe: 'Looks again at what a report found: resolved, still there, or could not check.',
    inputs: args,
    contacts: true,
  },
  {
    uses: 'command/inventory',
    describe: 'Lists certificates, keys, protocols and suites of files, hosts and captures.',
    inputs: args,
    contacts: true,
  },
  {
    uses: 'command/intrusion',
    describe: 'Fills the answer sheet of an intrusion: attackers, entry, shells, accounts, persistence.',
    inputs: args,
  },
  {
    uses: 'command/message',
    describe: 'Verifies signed messages (paymedic message verify); says why a signature does not hold.',
    inputs: args,
  },
  { uses: 'command/diff', describe: 'Compares two reports: new, resolved, unchanged.', inputs: args },
];

/** Everything that a playbook can use, by name. */
export const STEPS: ReadonlyMap<string, StepDescription> = new Map(
  [...STEP_CATALOGUE, ...COMMAND_CATALOGUE].map((step) => [step.uses, step]),
);
