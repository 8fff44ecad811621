/** A playbook to start from: it lints clean and shows every part that an incident needs. */
export function scaffold(
  id: string,
  options: { title?: string; owner?: string; cause?: string },
): { playbook: string; test: string } {
  const quoted = JSON.stringify(options.title ?? `Handle ${id.replaceAll('-', ' ')}`);
  const cause = options.cause;
  const playbook = `playbook: 1
id: ${id}
title: ${quoted}
version: 0.1.0
owner: ${options.owner ?? 'ops'}
description: >
  When to use it, and what it does.
${cause ? `applies-to: [${cause}]\n` : ''}
inputs:
  targets:
    type: list
    description: Endpoints (host:port) to look at live.
    default: []

phases:
  investigate:
    - id: read
      title: Read the evidence
      uses: playbook/read-evidence
      timeout: 60m
    - id: probe
      title: Look at the endpoints that were named
      uses: probe/endpoints
      if: count(inputs.targets) > 0
      with: { targets: "\${{ inputs.targets }}" }

  locate:
    - id: judge
      title: Judge what was read
      uses: judge/checks
    - id: fits
      title: The cause is the one that this playbook is for
      uses: explain/diagnosis
      needs: [judge]
      expect: ${cause ? `cause('${cause}')` : 'count(diagnosis) > 0'}

  resolve:
    - id: repair
      title: Repair it
      needs: [fits]
      manual:
        role: ${options.owner ?? 'ops'}
        instruction: |
          What to do, step by step, so that a tired person can do it.
        expected-evidence: what proves that it was done

  verify:
    - id: prove
      title: Prove that the repair worked
      needs: [repair]
      manual:
        role: ${options.owner ?? 'ops'}
        answer: yes-no
        instruction: The command to run, and what it must say.
        expected-evidence: the output of the command
`;
  const test = `playbook: ${id}
cases:
  - name: the incident that it is for
    bundle: { drill: ${cause ?? 'server-cert-expired'}, seed: 1 }
    answers: { repair: "done, change 4711" }
    expect:
${cause ? `      causes: [${cause}]\n` : ''}      steps: { fits: passed, repair: passed, prove: waiting }
  - name: a healthy shop
    bundle: { drill: none, seed: 1 }
    expect:
      causes: []
      steps: { fits: failed, repair: skipped }
`;
  return { playbook, test };
}
