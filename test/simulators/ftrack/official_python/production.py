"""The tree of a project: made, planned, assigned, moved and deleted."""

import datetime
import json
import os

import arrow
import ftrack_api
from steps import refused, same, step


@step("connects, and takes the schemas from its cache while their hash is the same")
def connect(day):
    os.mkdir(os.path.join(day.folder, "cache"))

    def schema_reads():
        return sum("query_schemas" in call for call in day.calls())

    before = schema_reads()
    first = day.session()
    same(schema_reads(), before + 1)
    day.ada = day.session()
    same(schema_reads(), before + 1)
    same(len(day.ada.types), len(first.types))
    assert {"Task", "RenderPass", "AssetVersion", "Event"} <= set(day.ada.types)
    information = day.ada.server_information
    same(information["is_timezone_support_enabled"], True)
    same(information["user_information"]["username"], "ada")
    cache = os.path.join(day.folder, "cache", "ftrack_api_schema_cache.json")
    with open(cache) as file:
        schemas = json.load(file)
    with open(cache, "w") as file:
        json.dump(schemas[:-1], file)
    day.session()
    same(schema_reads(), before + 2)
    with refused(ftrack_api.exception.ServerError, "InvalidCredentialsError"):
        day.session(api_key="wrong")


@step("creates a project tree in one commit, and reads it back in another session")
def create_tree(day):
    session = day.ada
    schema = day.named("ProjectSchema", "Feature")
    day.project = session.create(
        "Project",
        {
            "name": "nachtflug",
            "full_name": "Nachtflug – Spielfilm",
            "project_schema": schema,
            "start_date": arrow.get("2026-03-02"),
            "end_date": arrow.get("2026-12-18"),
        },
    )
    folder = session.create("Folder", {"name": "assets", "parent": day.project})
    character = day.named("Type", "Character")
    session.create("AssetBuild", {"name": "Pilotin", "parent": folder, "type": character})
    episode = session.create("Episode", {"name": "ep01", "parent": day.project})
    day.sequence = session.create("Sequence", {"name": "sq010", "parent": episode})
    day.shot = session.create("Shot", {"name": "sh010", "parent": day.sequence})
    session.create("Shot", {"name": "sh020", "parent": day.sequence})
    session.create("RenderPass", {"name": "beauty", "parent": day.shot})
    day.task = session.create(
        "Task",
        {
            "name": "animation",
            "parent": day.shot,
            "type": day.named("Type", "Animation"),
            "priority": day.named("Priority", "High"),
            "bid": 8 * 3600.0,
            "start_date": arrow.get("2026-03-09T08:00:00"),
        },
    )
    session.commit()
    same(session.created, [])
    same(day.task["project"], day.project)
    same(day.task["status"]["name"], "Not started")
    same([part["name"] for part in day.task["link"]], ["nachtflug", "ep01", "sq010", "sh010", "animation"])

    other = day.session()
    found = other.query(
        "select name, parent.name, type.name, priority.name, bid, start_date, object_type.name, "
        'ancestors.name from Task where project.name is "nachtflug"'
    ).one()
    same((found["name"], found["parent"]["name"]), ("animation", "sh010"))
    same((found["type"]["name"], found["priority"]["name"]), ("Animation", "High"))
    same((found["bid"], found["object_type"]["name"]), (28800, "Task"))
    same(found["start_date"], arrow.get("2026-03-09T08:00:00"))
    same({one["name"] for one in found["ancestors"]}, {"sh010", "sq010", "ep01"})
    tree = other.query('TypedContext where project.name is "nachtflug"').all()
    same(
        sorted(type(one).__name__ for one in tree),
        ["AssetBuild", "Episode", "Folder", "RenderPass", "Sequence", "Shot", "Shot", "Task"],
    )
    sequence = other.get("Sequence", day.sequence["id"])
    same({one["name"] for one in sequence["children"]}, {"sh010", "sh020"})
    same({one["name"] for one in sequence["descendants"]}, {"sh010", "sh020", "animation", "beauty"})
    same(other.get("Context", day.project["id"])["full_name"], "Nachtflug – Spielfilm")
    same(tree[0]["created_by"]["username"], "ada")
    assert abs(arrow.utcnow() - tree[0]["created_at"]) < datetime.timedelta(minutes=10)


@step("adds to the tree commit by commit, and sees it in collections that it already holds")
def grow_tree(day):
    session = day.ada
    children = day.sequence["children"]
    shot = session.create("Shot", {"name": "sh030", "parent": day.sequence, "description": "Über den Wolken"})
    session.commit()
    task = session.create("Task", {"name": "comp", "type": day.named("Type", "Compositing"), "parent": shot})
    session.commit()
    same(shot["description"], "Über den Wolken")
    same([one["name"] for one in shot["children"]], ["comp"])
    session.populate([day.sequence], "children.name")
    assert "sh030" in {one["name"] for one in day.sequence["children"]}, children
    same(task["project_id"], day.project["id"])
    link = session.create("TypedContextLink", {"from": day.task, "to": task, "lag": 1})
    session.commit()
    same([one["from"]["name"] for one in task["incoming_links"]], ["animation"])
    same([one["id"] for one in day.task["outgoing_links"]], [link["id"]])
    with refused(ftrack_api.exception.ServerError, "Duplicate"):
        session.create("Shot", {"name": "SH030", "parent": day.sequence})
        session.commit()
    session.rollback()
    with refused(ftrack_api.exception.UnrecognisedEntityTypeError, "Scenery"):
        session.create("Scenery", {"name": "x"})


@step("assigns and unassigns people and groups")
def assign(day):
    session = day.ada
    bob = day.user("bob")
    lighting = day.named("Group", "Lighting")
    same({one["user"]["username"] for one in lighting["memberships"]}, {"bob", "cleo"})
    for resource in (bob, lighting):
        session.create("Appointment", {"context": day.task, "resource": resource, "type": "assignment"})
    session.create("Appointment", {"context": day.project, "resource": bob, "type": "allocation"})
    session.commit()
    same({type(one["resource"]).__name__ for one in day.task["assignments"]}, {"User", "Group"})
    same([one["resource"]["username"] for one in day.project["allocations"]], ["bob"])
    # An artist sees the projects in which he has work.
    artist = day.session("bob")
    mine = 'Task where assignments any (resource.username = "bob") and project.name is "nachtflug"'
    same([one["name"] for one in artist.query(mine)], ["animation"])
    same(len(bob["assignments"]), 2)
    for one in day.task["assignments"]:
        session.delete(one)
    session.commit()
    same(session.query('Appointment where context_id is "{}"'.format(day.task["id"])).all(), [])
    same(day.session("bob").query(mine).all(), [])
    session.create("Appointment", {"context": day.task, "resource": bob, "type": "assignment"})
    session.commit()


@step("offers the statuses and types of the project's schema, sets them, and keeps their history")
def statuses(day):
    schema = day.project["project_schema"]

    def names(entities):
        return [one["name"] for one in entities]

    same(names(schema.get_types("Task")), ["Generic", "Animation", "Compositing"])
    same(names(schema.get_types("AssetBuild")), ["Character"])
    everything = ["Not started", "In progress", "Pending Review", "Approved"]
    same(names(schema.get_statuses("Task")), everything)
    compositing = day.named("Type", "Compositing")
    same(names(schema.get_statuses("Task", compositing["id"])), ["Not started", "Approved"])
    same(names(schema.get_statuses("Shot")), everything)
    same(names(schema.get_statuses("AssetVersion")), ["Pending Review", "Approved"])
    with refused(ValueError, "does not have statuses"):
        schema.get_statuses("User")
    same({one["name"] for one in schema["object_types"]} >= {"Shot", "Render Pass"}, True)

    day.task["status"] = day.named("Status", "In progress")
    day.ada.commit()
    day.task["status"] = day.named("Status", "Approved")
    day.task["priority"] = day.named("Priority", "Urgent")
    day.ada.commit()
    same((day.task["status"]["state"]["short"], day.task["priority"]["name"]), ("DONE", "Urgent"))
    changes = day.ada.query(
        'select from_status.name, status.name, user.username from StatusChange where parent_id is "{}" '
        "order by date".format(day.task["id"])
    ).all()
    same([one["status"]["name"] for one in changes][-2:], ["In progress", "Approved"])
    same(changes[-1]["from_status"]["name"], "In progress")
    same(changes[-1]["user"]["username"], "ada")


@step("renames, moves and deletes a shot with all that is below it")
def move_and_delete(day):
    session = day.ada
    elsewhere = session.create("Sequence", {"name": "sq020", "parent": day.sequence["parent"]})
    shot = session.create("Shot", {"name": "sh900", "parent": day.sequence})
    task = session.create("Task", {"name": "roto", "parent": shot, "type": day.named("Type", "Generic")})
    session.commit()
    shot["parent"] = elsewhere
    shot["name"] = "sh901"
    session.commit()
    same([part["name"] for part in shot["link"]], ["nachtflug", "ep01", "sq020", "sh901"])
    other = day.session()
    seen = other.get("Task", task["id"])
    same([part["name"] for part in seen["link"]], ["nachtflug", "ep01", "sq020", "sh901", "roto"])
    same([one["name"] for one in other.get("Sequence", elsewhere["id"])["children"]], ["sh901"])
    session.delete(elsewhere)
    session.commit()
    ids = ", ".join('"{}"'.format(one["id"]) for one in (elsewhere, shot, task))
    same(day.session().query("TypedContext where id in ({})".format(ids)).all(), [])
    same(other.query("StatusChange where parent_id in ({})".format(ids)).all(), [])
    # Children and parents may be deleted in one commit, in either order.
    for parent_first in (False, True):
        sequence = session.create("Sequence", {"name": "sq030", "parent": day.project})
        child = session.create("Shot", {"name": "sh910", "parent": sequence})
        session.commit()
        for one in (sequence, child) if parent_first else (child, sequence):
            session.delete(one)
        session.commit()
        same(session.query('TypedContext where name in ("sq030", "sh910")').all(), [])
    # Created and deleted in one commit: the client sends nothing at all.
    before = len(day.calls())
    session.delete(session.create("Shot", {"name": "sh902", "parent": day.sequence}))
    session.commit()
    same(len(day.calls()), before)
