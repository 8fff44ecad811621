#!/bin/sh
# Run by action.yml. Values come as environment variables, never pasted into the script.
set -u
sarif="${RUNNER_TEMP:-${TMPDIR:-/tmp}}/paymedic.sarif"
report="${RUNNER_TEMP:-${TMPDIR:-/tmp}}/paymedic.json"
summary="${GITHUB_STEP_SUMMARY:-/dev/null}"
program="${PAYMEDIC_PROGRAM:-paymedic}"
run() {
  case "$program" in
    *.js) node "$program" "$@" ;;
    *) "$program" "$@" ;;
  esac
}

# One evidence path a line; file names with spaces stay whole.
set --
while IFS= read -r line; do
  if [ -n "$line" ]; then set -- "$@" "$line"; fi
done <<LINES
${PAYMEDIC_EVIDENCE:-.}
LINES

run triage "$@" --fail-on "${PAYMEDIC_FAIL_ON_PRIORITY:-important}" --quiet --format github --format "sarif=$sarif" --format "json=$report"
code=$?
if [ -f "$report" ]; then run report "$report" --format github-summary >>"$summary"; fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  printf 'sarif=%s\nreport=%s\n' "$sarif" "$report" >>"$GITHUB_OUTPUT"
fi
exit "$code"
