"""The parity result as JUnit XML: one test case for each output, the training and each gate."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Tree

from migrate.parity.compared import OutputResult
from migrate.parity.report import words
from migrate.parity.result import Result
from migrate.parity.verdict import Verdict

# XML 1.0 has no way to write these, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(result: Result) -> str:
    """The result as a JUnit document. What is inconclusive is an error: it is no pass, and no finding either."""
    suite = Tree.Element("testsuite", name=_clean(result.name), timestamp=result.started.rstrip("Z"))
    for output in result.outputs:
        name = f"{output.path} (seed {output.seed}, repeat {output.repeat})"
        _case(suite, "output", name, output.verdict, _difference(output), output.comparison.get("seconds", 0.0))
    if result.training is not None:
        _case(suite, "training", result.training.metric, result.training.verdict, result.training.sentence)
    for gate in result.gates:
        _case(suite, "gate", gate.name, words.gate_verdict(gate), gate.sentence)
    if result.failure is not None:
        tail = "\n".join(result.failure.log_tail)
        _case(suite, "run", "both sides ran", Verdict.FAILED, result.failure.sentence, text=tail)
    elif not result.outputs and result.training is None:
        _case(suite, "run", "something was compared", Verdict.INCONCLUSIVE, result.headline)
    seconds = sum(side.seconds for side in result.sides)
    counts = {
        "tests": len(suite),
        "failures": len(suite.findall("testcase/failure")),
        "errors": len(suite.findall("testcase/error")),
        "skipped": 0,
    }
    suite.attrib |= {**{name: str(count) for name, count in counts.items()}, "time": f"{seconds:.3f}"}
    Tree.indent(suite)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Tree.tostring(suite, encoding="unicode") + "\n"


def _case(
    suite: Tree.Element, kind: str, name: str, verdict: Verdict, message: str, seconds: float = 0.0, text: str = ""
) -> None:
    case = Tree.SubElement(suite, "testcase", classname=f"parity.{kind}", name=_clean(name), time=f"{seconds:.3f}")
    if verdict is Verdict.EQUAL:
        return
    tag = "failure" if verdict is Verdict.DIFFERENT else "error"
    Tree.SubElement(case, tag, type=verdict.value, message=_clean(message)).text = _clean(text or message)


def _difference(output: OutputResult) -> str:
    noise = [] if output.noise is None else [output.noise.sentence]
    notes = noise + [str(note) for note in output.comparison.get("notes", ())]
    return "; ".join(notes) or words.row_differences(output) or words.VERDICTS[output.verdict].lower()


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
