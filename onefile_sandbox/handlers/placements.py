"""Placements and classrooms: both belong to a centre, have a name and a MIS value, and work alike."""

from collections.abc import Callable

from django.http import HttpResponse

from onefile_sandbox import answers, links, search, switches
from onefile_sandbox.members import CLASSROOM, CLASSROOM_ROW, PLACEMENT, PLACEMENT_ROW, Member
from onefile_sandbox.models import Classroom, Placement
from onefile_sandbox.request import Asked

Handler = Callable[[Asked], HttpResponse]


def _finder(model: type[Placement] | type[Classroom], row: tuple[Member, ...], full: tuple[Member, ...]) -> Handler:
    def find(asked: Asked) -> HttpResponse:
        links.from_body(asked, "OrganisationID")
        rows = search.id_filter(model._default_manager.all(), asked, organisation_id="OrganisationID")
        rows = search.text_filter(rows, asked, name="Name")
        hidden = ("MISID",) if switches.get("row_misid") == "absent" else ()
        short = tuple(member for member in row if member.name not in hidden)
        return search.answer(rows, asked, short, full, model._default_manager.all)

    return find


def _shower(model: type[Placement] | type[Classroom], members: tuple[Member, ...]) -> Handler:
    def show(asked: Asked) -> HttpResponse:
        return answers.record(links.from_path(model, asked.args[0]), members)

    return show


def _creator(model: type[Placement] | type[Classroom], members: tuple[Member, ...]) -> Handler:
    def create(asked: Asked) -> HttpResponse:
        links.require(asked, "OrganisationID", "Name")
        links.from_body(asked, "OrganisationID")
        fields = asked.fields(tuple(member for member in members if member.name != "ID"))
        return answers.number(model._default_manager.create(**fields).pk)

    return create


def _updater(model: type[Placement] | type[Classroom], members: tuple[Member, ...]) -> Handler:
    def update(asked: Asked) -> HttpResponse:
        record = links.from_path(model, asked.args[0])
        links.from_body(asked, "OrganisationID")
        own = tuple(member for member in members if member.name != "OrganisationID")
        changes = asked.changes(own)
        links.keep(changes, name="Name")
        for attr, value in changes.items():
            setattr(record, attr, value)
        record.save()
        return answers.done()

    return update


find_placements = _finder(Placement, PLACEMENT_ROW, PLACEMENT)
show_placement = _shower(Placement, PLACEMENT)
create_placement = _creator(Placement, PLACEMENT)
update_placement = _updater(Placement, PLACEMENT)
find_classrooms = _finder(Classroom, CLASSROOM_ROW, CLASSROOM)
show_classroom = _shower(Classroom, CLASSROOM)
create_classroom = _creator(Classroom, CLASSROOM)
update_classroom = _updater(Classroom, CLASSROOM)
