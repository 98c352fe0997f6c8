"""An empty board of a team looks for the last one with points once in a while, and not at every visit."""

from tests.scenarios.earning import Firm

from accolade import wiring
from accolade.flows.team_board import FRESH, TeamBoards
from accolade.programs.periods import calendar
from accolade.store.people import People
from accolade.store.programs import Programs
from accolade.store.views import Views


class Counting(Views):
    reads = 0

    def entries(self, *asked, **more):
        self.reads += 1
        return super().entries(*asked, **more)


def test_the_last_board_with_points_is_looked_for_once_in_a_while(linked):
    firm, here, clock = Firm(linked), wiring.database(), [100.0]
    firm.earn(2)
    views = Counting(here)
    boards = TeamBoards(views, People(here).list, Programs(here).rulebook, lambda: clock[0])
    later = calendar("year", zone="UTC").period_at(firm.house.now.replace(year=firm.house.now.year + 2, day=1))
    found = boards.last(firm.person(), later)
    assert found is not None
    assert views.reads > 0
    reads = views.reads
    assert boards.last(firm.person(), later) == found
    assert views.reads == reads
    clock[0] += FRESH
    assert boards.last(firm.person(), later) == found
    assert views.reads == 2 * reads
