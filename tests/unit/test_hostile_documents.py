"""What is refused is refused with a message one would thank us for: what is wrong, where, and how to mend it."""

import pytest
from tests.unit.hostile_documents import Hostile, documents

from accolade.flows.publish import checked
from accolade.programs.problems import Problems
from accolade.programs.reading import MAX_BYTES


@pytest.mark.parametrize("document", documents(), ids=lambda it: it.name)
def test_a_hostile_document_is_refused_with_its_place_and_its_mending(document: Hostile) -> None:
    with pytest.raises(Problems) as refused:
        checked(document.content, file=document.name)
    found = {(it.line, it.path): it for it in refused.value.problems}
    problem = found[(document.line, document.path)]
    assert problem.message.startswith(document.message)
    assert f"{document.name}:{document.line} " in refused.value.report()
    assert len(refused.value.problems) <= 4, "one mistake is not told over and over"
    assert len(problem.message) <= 420
    assert problem.mend or ": write " in problem.what, "it does not say how to mend it"
    assert not {"input should", "validation", "pydantic", "Traceback"} & set(problem.message.lower().split())


def test_there_are_at_least_60_of_them_and_none_is_large() -> None:
    found = documents()
    assert len(found) >= 60
    assert all(len(it.content) < MAX_BYTES // 4 for it in found), "the size of a document is not what is refused here"
