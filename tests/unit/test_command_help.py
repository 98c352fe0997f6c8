"""The help of the commands: every word explained, every example one that could be typed."""

import shlex

import pytest

from accolade.cli.app import COMMANDS, load
from accolade.cli.examples import EXAMPLES

NO_LISTS = ("connection add", "ledger export")
"""What has no `--json`: one shows a secret address once, one writes JSON anyway."""


def leaves():
    for name in COMMANDS:
        command = load(name)
        below = getattr(command, "commands", None)
        yield from ((f"{name} {part}", one) for part, one in below.items()) if below else [(name, command)]


LEAVES = dict(leaves())


@pytest.mark.parametrize("name", LEAVES)
def test_every_argument_and_option_is_explained(name):
    for parameter in LEAVES[name].params:
        assert parameter.help, f"{name} {parameter.name}"


@pytest.mark.parametrize("name", LEAVES)
def test_what_is_to_be_put_in_the_place_of_a_word_stands_in_capitals(name):
    for parameter in LEAVES[name].params:
        if parameter.param_type_name == "argument":
            shown = (parameter.metavar or parameter.name).removesuffix(".csv")
            assert shown == shown.upper(), f"{name} {shown}"


@pytest.mark.parametrize("name", [it for it in LEAVES if it not in NO_LISTS])
def test_every_command_can_answer_in_json(name):
    assert any("--json" in it.opts for it in LEAVES[name].params)


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, lines in EXAMPLES.items() for line in lines])
def test_every_example_can_be_typed(name, line):
    words = shlex.split(line)
    start = ["accolade", *name.split()]
    assert words[: len(start)] == start
    LEAVES[name].make_context(name, words[len(start) :])


@pytest.mark.parametrize("group", ["program", "preset", "nomination", "approval"])
def test_what_is_new_to_most_people_comes_with_an_example(group):
    without = {"program list", "approval log"}
    assert {it for it in LEAVES if it.startswith(f"{group} ")} - without <= set(EXAMPLES)
    assert {"simulate", "explain", "kpi", "goal", "gaps", "nominate"} <= set(EXAMPLES)
