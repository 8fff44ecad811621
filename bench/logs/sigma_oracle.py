"""Judges events by pySigma's own condition trees, as the opposite number of sigma-differential.mjs.

Run by that script as `python3 sigma_oracle.py PYSIGMA_CHECKOUT`. Reads one JSON object a line, {file, text, events}, and
writes {file, hits} or {file, error}. pySigma converts rules to queries and does not match events itself: what is
asked of it is the reading of the rule (values, modifiers, wildcards, conditions); how a value meets a field is below.
"""
import ipaddress
import json
import re
import sys
import types

# pySigma caches downloads of ATT&CK data by this module; none is needed to read a rule.
cache = types.ModuleType("diskcache")
cache.Cache = dict
sys.modules.setdefault("diskcache", cache)
sys.path.insert(0, sys.argv[1])

from sigma.conditions import (  # noqa: E402
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.rule import SigmaRule  # noqa: E402
from sigma.types import (  # noqa: E402
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SpecialChars,
)

COMPARE = {
    "LT": lambda a, b: a < b,
    "LTE": lambda a, b: a <= b,
    "GT": lambda a, b: a > b,
    "GTE": lambda a, b: a >= b,
    "NEQ": lambda a, b: a != b,
}


def shown(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def pattern(value):
    text = "".join(
        re.escape(part) if isinstance(part, str) else {SpecialChars.WILDCARD_MULTI: ".*", SpecialChars.WILDCARD_SINGLE: "."}[part]
        for part in value.s
    )
    return re.compile(text, re.S | (0 if isinstance(value, SigmaCasedString) else re.I))


def equals(value, fields, field, text):
    """Whether a value matches a field, or the whole text where there is no field."""
    keyword = field is None
    has = keyword or field in fields
    actual = text if keyword else fields.get(field)
    if isinstance(value, SigmaExpansion):
        return any(equals(one, fields, field, text) for one in value.values)
    if isinstance(value, SigmaExists):
        return bool(value.exists) == has
    if isinstance(value, SigmaNull):
        return actual is None
    if not has or actual is None:
        return False
    if isinstance(value, SigmaRegularExpression):
        flags = 0
        for flag in value.flags:
            flags |= value.sigma_to_python_flags[flag]
        return re.search(str(value.regexp), shown(actual), flags) is not None
    if isinstance(value, SigmaString):
        compiled = pattern(value)
        return (compiled.search if keyword else compiled.fullmatch)(shown(actual)) is not None
    if isinstance(value, SigmaBool):
        return shown(actual).lower() == str(value.boolean).lower()
    if isinstance(value, SigmaNumber):
        return str(value.number) in shown(actual) if keyword else shown(actual) == str(value.number)
    if isinstance(value, SigmaCompareExpression):
        try:
            return COMPARE[value.op.name](float(actual), value.number.number)
        except ValueError:
            return False
    if isinstance(value, SigmaCIDRExpression):
        try:
            return ipaddress.ip_address(actual) in value.network
        except ValueError:
            return False
    if isinstance(value, SigmaFieldReference):
        if fields.get(value.field) is None:
            return False
        left, right = shown(actual).lower(), shown(fields[value.field]).lower()
        starts, ends = getattr(value, "starts_with", False), getattr(value, "ends_with", False)
        if starts and ends:
            return right in left
        return left.startswith(right) if starts else left.endswith(right) if ends else left == right
    raise TypeError(type(value).__name__)


def holds(node, event):
    if isinstance(node, ConditionOR):
        return any(holds(part, event) for part in node.args)
    if isinstance(node, ConditionAND):
        return all(holds(part, event) for part in node.args)
    if isinstance(node, ConditionNOT):
        return not holds(node.args[0], event)
    fields = event["fields"]
    if isinstance(node, ConditionFieldEqualsValueExpression):
        return equals(node.value, fields, node.field, None)
    if isinstance(node, ConditionValueExpression):
        return equals(node.value, fields, None, event.get("text") or "\n".join(map(shown, fields.values())))
    raise TypeError(type(node).__name__)


for line in sys.stdin:
    job = json.loads(line)
    try:
        trees = [condition.parsed for condition in SigmaRule.from_yaml(job["text"]).detection.parsed_condition]
        answer = {"hits": [any(holds(tree, event) for tree in trees) for event in job["events"]]}
    except Exception as error:  # whatever pySigma cannot read is an answer of its own
        answer = {"error": f"{type(error).__name__}: {error}"[:200]}
    print(json.dumps({"file": job["file"], **answer}))
