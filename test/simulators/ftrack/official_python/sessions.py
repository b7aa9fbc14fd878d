"""Reading and keeping state: queries, populate, ensure, recorded operations, what the server echoes."""

import datetime
import functools

import arrow
import ftrack_api
import ftrack_api.cache
from ftrack_api.inspection import state
from steps import refused, same, step


@step("pages, sorts and filters with paths, sub-queries and conditions on collections")
def queries(day):
    session = day.session()
    shots = 'Shot where project_id is "{}"'.format(day.project["id"])

    def names(condition, **options):
        expression = "select name from {} and {}".format(shots, condition)
        return [one["name"] for one in session.query(expression, **options)]

    everything = ["sh010", "sh020", "sh030"]
    before = len(day.calls())
    same(names('name like "sh%" order by name', page_size=1), everything)
    same(len(day.calls()) - before, 3)
    same(names('name like "sh%" order by name', page_size=3), everything)
    same(len(day.calls()) - before, 4)
    same(names('name like "sh%" order by name desc limit 2'), ["sh030", "sh020"])
    same(names('name like "sh%" order by name offset 1'), everything[1:])
    same(names('children any (name is "comp")'), ["sh030"])
    same(names("not children any () order by name"), ["sh020"])
    same(names('parent has (name is "sq010") and children[Task].type.name is "Animation"'), ["sh010"])
    same(names('id in (select parent_id from Task where name is "animation")'), ["sh010"])
    same(names("(name is sh010 or name is sh030) and not name in (sh030)"), ["sh010"])
    same(names('metadata any (key is source and value like "edit%")'), ["sh010"])
    same(names('assets.versions.components.name is "nothing"'), [])
    same(names('name not_like "%10" and created_at > "2020-01-01T00:00:00" order by name'), everything[1:])
    same(names('description is_not ""'), ["sh030"])
    same(session.query(shots + " and name is sh010").one(), session.query(shots + " order by name").first())
    same(session.query(shots + " and name is nothing").first(), None)
    with refused(ftrack_api.exception.NoResultFoundError, ""):
        session.query(shots + " and name is nothing").one()
    with refused(ftrack_api.exception.MultipleResultsFoundError, ""):
        session.query(shots).one()
    with refused(ftrack_api.exception.ServerError, "ParseError"):
        session.query(shots + " and (name is").all()
    with refused(ftrack_api.exception.ServerError, "nonsense"):
        session.query(shots + " and nonsense is 1").all()
    quoted = session.create(
        "Shot", {"name": 'it\'s "x"', "parent": session.get("Sequence", day.sequence["id"])}
    )
    session.commit()
    same(names('name is "it\'s \\"x\\""'), [quoted["name"]])
    session.delete(quoted)
    session.commit()


@step("reads nothing that was not asked for, until it is populated")
def populate(day):
    session = day.session()
    with session.auto_populating(False):
        task = session.query('select name from Task where id is "{}"'.format(day.task["id"])).one()
        same(task["name"], "animation")
        same((task["bid"], task["status"]), (ftrack_api.symbol.NOT_SET,) * 2)
        before = len(day.calls())
        session.populate(task, "bid, status.name, parent.parent.name, assignments.resource.username")
        same(len(day.calls()) - before, 1)
        same(
            (task["bid"], task["status"]["name"], task["parent"]["parent"]["name"]),
            (28800, "Approved", "sq010"),
        )
        same([one["resource"]["username"] for one in task["assignments"]], ["bob"])
        same(len(day.calls()) - before, 1)
    same(task["description"], "")
    # The same entity is the same object, and a second get is answered from the cache.
    before = len(day.calls())
    same(session.get("Task", day.task["id"]) is task, True)
    same(len(day.calls()), before)
    same(session.get("User", "non-existant-id"), None)
    row = session.get("Metadata", [day.shot["id"], "source"])
    same((row["value"], row["parent_type"]), ("edit 8", "Shot"))
    session.populate(row, "value")
    same(row["value"], "edit 8")


@step("reads a tree and its metadata from a cache on disk, without asking again")
def persistent_cache(day):
    def cache(session):
        encode = functools.partial(session.encode, entity_attribute_strategy="persisted_only")
        file = ftrack_api.cache.FileCache(day.path("entities.dbm"))
        return ftrack_api.cache.SerialisedCache(file, encode=encode, decode=session.decode)

    day.session(cache=cache).query(
        "select children, children.children, children.children.children.assignments.resource, metadata.key, "
        'metadata.value from Sequence where id is "{}"'.format(day.sequence["id"])
    ).one()
    session = day.session(cache=cache)
    before = len(day.calls())
    with session.auto_populating(False):
        sequence = session.get("Sequence", day.sequence["id"])
        assert day.shot["id"] in [shot["id"] for shot in sequence["children"]]
        [shot] = [one for one in sequence["children"] if one["id"] == day.shot["id"]]
        assert day.task["id"] in [task["id"] for task in shot["children"]]
        same(dict(sequence["metadata"]), {})
    same(len(day.calls()), before)


@step("ensures entities: made once, found again, changed where they differ")
def ensure(day):
    session = day.session()
    start = arrow.get("2026-05-04T08:30:15.123456")
    data = {
        "name": "Sendetermin",
        "start": start,
        "end": start.shift(hours=2),
        "project_id": day.project["id"],
    }
    event = session.ensure("CalendarEvent", data)
    same(session.ensure("CalendarEvent", data)["id"], event["id"])
    same(day.session().ensure("CalendarEvent", data)["id"], event["id"])
    changed = session.ensure("CalendarEvent", {**data, "name": "Premiere"}, identifying_keys=["start"])
    same((changed["id"], changed["name"]), (event["id"], "Premiere"))
    log = {"start": start, "duration": 10}
    same(session.ensure("Timelog", log)["id"], day.session().ensure("Timelog", log)["id"])
    user = session.ensure("User", {"username": "dora"})
    same(session.ensure("User", {"username": "dora", "email": "dora@studio.example"}, ["username"]), user)
    same(day.user("dora", day.session())["email"], "dora@studio.example")


@step("records operations, undoes them, and keeps them when the server refuses")
def recording(day):
    session = day.session()
    shot = session.get("Shot", day.shot["id"])
    shot["description"] = "Nur hier"
    same((session.modified, day.session().get("Shot", shot["id"])["description"]), ([shot], ""))
    session.rollback()
    same((shot["description"], session.modified), ("", []))
    with session.operation_recording(False):
        shot["description"] = "Nicht aufgezeichnet"
    session.commit()
    same(day.session().get("Shot", shot["id"])["description"], "")

    session.rollback()
    new = session.create("Shot", {"name": "SH010", "parent": session.get("Sequence", day.sequence["id"])})
    shot["description"] = "Wartet"
    same((state(new), state(shot)), (ftrack_api.symbol.CREATED, ftrack_api.symbol.MODIFIED))
    with refused(ftrack_api.exception.ServerError, "Duplicate"):
        session.commit()
    same(len(session.recorded_operations) > 0, True)
    new["name"] = "sh700"
    session.commit()
    read = day.session()
    same(read.get("Shot", shot["id"])["description"], "Wartet")
    same(read.get("Shot", new["id"])["name"], "sh700")
    session.delete(new)
    shot["description"] = ""
    same(session.deleted, [new])
    session.commit()
    session.reset()
    same(session.get("Shot", shot["id"]) is shot, False)
    same(read.query('Shot where id is "{}"'.format(new["id"])).all(), [])


@step("gets back what it set and no more: collections, unset attributes, exact datetimes")
def echoes(day):
    session = day.session()
    exact = arrow.utcnow().replace(microsecond=123456)
    parent = session.get("Shot", day.shot["id"])
    scope = session.ensure("Scope", {"name": "Echo"})
    with session.auto_populating(False):
        user = session.create("User", {"first_name": "Emil"})
        task = session.create(
            "Task", {"name": "echo", "parent": parent, "start_date": exact, "scopes": [scope]}
        )
        session.commit()
        same(user["email"], ftrack_api.symbol.NOT_SET)
        assert isinstance(user["username"], str) and user["username"], user["username"]
        same(task["start_date"], exact)
        same(list(task["scopes"]), [scope])
        same(task["parent"], parent)
        same((task["end_date"], task["thumbnail_id"]), (ftrack_api.symbol.NOT_SET,) * 2)
        task["scopes"].remove(scope)
        session.commit()
        same(list(task["scopes"]), [])
    stored = day.session().get("Task", task["id"])["start_date"]
    same(stored, exact.replace(microsecond=0))
    at = stored.naive.isoformat()
    same(len(session.query('Task where start_date is "{}" and name is echo'.format(at)).all()), 1)
    offset = exact.to("+05:30") + datetime.timedelta(seconds=10)
    task["end_date"] = offset
    session.commit()
    same(day.session().get("Task", task["id"])["end_date"], offset.replace(microsecond=0))
    for one in (task, user, scope):
        session.delete(one)
    session.commit()


@step("two sessions see each other's changes once they read again")
def two_sessions(day):
    first, second = day.session(), day.session("bob")
    mine, theirs = first.get("Task", day.task["id"]), second.get("Task", day.task["id"])
    same(theirs["status"]["name"], "Approved")
    mine["status"] = first.query('Status where name is "Pending Review"').one()
    first.commit()
    same(theirs["status"]["name"], "Approved")
    del theirs["status"]
    second.populate(theirs, "status.name")
    second.cache.clear()
    again = second.query('select status.name from Task where id is "{}"'.format(day.task["id"])).one()
    same(again["status"]["name"], "Pending Review")
    again["description"] = "von Bob"
    second.commit()
    first.reset()
    same(first.get("Task", day.task["id"])["description"], "von Bob")
