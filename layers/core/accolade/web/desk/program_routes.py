"""The pages of today and of the programs."""

from accolade.web.desk import presets, program_live, program_simulate, program_words, programs, today
from accolade.web.desk.rules import page as rules
from accolade.web.site import Route
from accolade.web.visitors import Scope

ROUTES: tuple[Route, ...] = (
    Route("GET", "admin/today", Scope.PEOPLE, today.today),
    Route("GET", "admin/programs", Scope.PROGRAMS, programs.programs),
    Route("GET", "admin/programs.csv", Scope.PROGRAMS, programs.export),
    Route("GET", "admin/presets", Scope.PROGRAMS, presets.presets),
    Route("GET", "admin/presets/{preset}", Scope.PROGRAMS_WRITE, presets.begin),
    Route("POST", "admin/presets/{preset}", Scope.PROGRAMS_WRITE, presets.begun),
    Route("GET", "admin/programs/{program}", Scope.PROGRAMS, rules.rules),
    Route("POST", "admin/programs/{program}", Scope.PROGRAMS_WRITE, rules.save),
    Route("POST", "admin/programs/{program}/checked", Scope.PROGRAMS_WRITE, rules.checked),
    Route("GET", "admin/programs/{program}/simulate", Scope.PROGRAMS, program_simulate.simulate),
    Route("POST", "admin/programs/{program}/simulate", Scope.PROGRAMS, program_simulate.simulated),
    Route("GET", "admin/programs/{program}/live", Scope.PROGRAMS, program_live.live),
    Route("POST", "admin/programs/{program}/live", Scope.PROGRAMS_WRITE, program_live.change),
    Route("GET", "admin/programs/{program}/words", Scope.PROGRAMS, program_words.words),
)
