"""People at work together: notes, lists, reviews, time and jobs."""

import datetime
import json

import arrow
import ftrack_api
from steps import refused, same, step


@step("writes notes with labels, recipients, replies and files, and completes one")
def notes(day):
    session = day.ada
    ada, bob = day.user("ada"), day.user("bob")
    label = session.create("NoteLabel", {"name": "Kamera", "color": "#3498DB", "sort": 7})
    session.commit()
    note = day.task.create_note("Licht zu hell – bitte prüfen", ada, recipients=[bob], labels=[label])
    reply = note.create_reply("Ist in Arbeit", bob)
    session.commit()

    path = day.path("frame.txt", b"a frame")
    server = session.get("Location", ftrack_api.symbol.SERVER_LOCATION_ID)
    attached = session.create_component(path, {"name": "frame"}, location=server)
    session.create("NoteComponent", {"component_id": attached["id"], "note_id": note["id"]})
    todo = session.create(
        "Note", {"content": "Abgeben", "author": ada, "is_todo": True, "frame_number": 1010}
    )
    day.version["notes"].append(todo)
    session.commit()

    other = day.session()
    read = other.query(
        "select content, author.username, recipients.resource_id, note_label_links.label.name, "
        "replies.content, replies.author.username, note_components.component.name, parent_type, project_id "
        'from Note where id is "{}"'.format(note["id"])
    ).one()
    same((read["content"], read["author"]["username"]), ("Licht zu hell – bitte prüfen", "ada"))
    same({one["resource_id"] for one in read["recipients"]}, {ada["id"], bob["id"]})
    same([one["label"]["name"] for one in read["note_label_links"]], ["Kamera"])
    same(read["category"]["name"], "Kamera")
    same([(one["content"], one["author"]["username"]) for one in read["replies"]], [("Ist in Arbeit", "bob")])
    same([one["component"]["name"] for one in read["note_components"]], ["frame"])
    same((read["parent_type"], read["project_id"]), ("TypedContext", day.project["id"]))
    assert note["id"] in {one["id"] for one in other.get("Task", day.task["id"])["notes"]}
    same(other.get("Note", reply["id"])["in_reply_to"]["id"], note["id"])
    with_bob = 'Note where recipients any (resource_id is "{}")'.format(bob["id"])
    assert note["id"] in {one["id"] for one in other.query(with_bob)}

    done = other.query('Note where is_todo is true and content is "Abgeben"').one()
    same((done["frame_number"], done["completed_at"]), (1010, None))
    done["completed_by"] = other.query('User where username is "bob"').one()
    done["completed_at"] = arrow.utcnow()
    other.commit()
    session.delete(note)
    session.commit()
    after = day.session()
    same(after.query("Note where id in ({}, {})".format(note["id"], reply["id"])).all(), [])
    done = after.get("Note", todo["id"])
    same((done["completed_by"]["username"], done["completed_at"] is None), ("bob", False))


@step("keeps lists of shots and of versions, and takes items out of them")
def lists(day):
    session = day.session()
    project = session.get("Project", day.project["id"])
    category = session.query("ListCategory").first()
    data = {
        "project": project,
        "category": category,
        "owner": session.query('User where username is "ada"').one(),
    }
    shots = session.create("TypedContextList", {"name": "Trailer", **data})
    versions = session.create("AssetVersionList", {"name": "Dailies", **data})
    session.commit()
    found = session.query('Shot where project_id is "{}" order by name'.format(project["id"])).all()
    shots["items"] = found
    version = session.get("AssetVersion", day.version["id"])
    versions["items"].append(version)
    session.commit()

    other = day.session()
    read = other.query('TypedContextList where name is "Trailer"').one()
    same(sorted(one["name"] for one in read["items"]), [one["name"] for one in found])
    same((read["is_open"], read["owner"]["username"], read["system_type"]), (True, "ada", "task"))
    in_lists = 'AssetVersion where lists any (name is "Dailies")'
    same([one["id"] for one in other.query(in_lists)], [version["id"]])
    same([one["name"] for one in other.get("Shot", day.shot["id"])["lists"]], ["Trailer"])
    with refused(ftrack_api.exception.ServerError, ""):
        versions["items"].append(session.get("Task", day.task["id"]))
        session.commit()
    session.rollback()
    found_as_list = other.query('List where name is "Dailies"').one()
    same((found_as_list.entity_type, len(found_as_list["items"])), ("AssetVersionList", 1))
    read["items"].remove(other.get("Shot", day.shot["id"]))
    read["is_open"] = False
    other.commit()
    again = day.session().query('TypedContextList where name is "Trailer"').one()
    same((len(again["items"]), again["is_open"]), (len(found) - 1, False))
    same(len(other.query("ListObject where list_id is {}".format(again["id"])).all()), len(found) - 1)
    session.delete(shots)
    session.commit()
    same(list(day.session().get("Shot", day.shot["id"])["lists"]), [])


@step("holds a review session: versions, guests, statuses and notes")
def review(day):
    session = day.session()
    review = session.create(
        "ReviewSession",
        {
            "name": "Kundenabnahme",
            "description": "Erste Runde",
            "project": session.get("Project", day.project["id"]),
        },
    )
    version = session.get("AssetVersion", day.version["id"])
    item = session.create(
        "ReviewSessionObject",
        {
            "name": "sh010",
            "description": "animation",
            "version": "v2",
            "asset_version": version,
            "review_session": review,
            "sort_order": 1,
        },
    )
    client = session.create("Collaborator", {"first_name": "Karla", "email": "kunde@film.example"})
    guest = session.create(
        "ReviewSessionInvitee",
        {"name": "Frau Kunde", "email": "kunde@film.example", "review_session": review, "resource": client},
    )
    session.commit()
    session.send_review_session_invite(guest)
    session.create(
        "ReviewSessionObjectStatus",
        {"status": "approved", "review_session_object": item, "invitee": guest},
    )
    item["notes"].append(session.create("Note", {"content": "Sehr schön", "author": client}))
    session.commit()

    other = day.session()
    read = other.query(
        "select review_session_objects.asset_version.version, review_session_objects.statuses.status, "
        "review_session_objects.notes.content, review_session_invitees.email, created_by.username "
        'from ReviewSession where name is "Kundenabnahme"'
    ).one()
    same(read["created_by"]["username"], "ada")
    [seen] = read["review_session_objects"]
    same((seen["asset_version"]["version"], seen["sort_order"]), (2, 1))
    same([one["status"] for one in seen["statuses"]], ["approved"])
    same([(one["content"], one["author"]["first_name"]) for one in seen["notes"]], [("Sehr schön", "Karla")])
    same([one["email"] for one in read["review_session_invitees"]], ["kunde@film.example"])
    same(
        [one["id"] for one in other.get("AssetVersion", version["id"])["review_session_objects"]],
        [seen["id"]],
    )
    other.delete(read)
    other.commit()
    same(day.session().query('ReviewSessionObject where id is "{}"'.format(seen["id"])).all(), [])


@step("runs a timer that becomes a time log, and sums what was logged")
def time(day):
    session = day.session("bob")
    bob = session.query('User where username is "bob"').one()
    task = session.get("Task", day.task["id"])
    timer = bob.start_timer(task, comment="Haare", name="Feinschliff")
    assert abs(arrow.utcnow() - timer["start"]) < datetime.timedelta(minutes=1)
    with refused(ftrack_api.exception.NotUniqueError, "already running"):
        bob.start_timer(task)
    session.rollback()
    timer["start"] = timer["start"].shift(minutes=-30)
    session.commit()
    second = bob.start_timer(task, force=True)
    assert second["id"] != timer["id"]
    timer_log = session.query(
        'Timelog where user_id is "{}" order by duration desc'.format(bob["id"])
    ).first()
    session.delete(timer_log)
    second["start"] = second["start"].shift(minutes=-30)
    second["comment"], second["name"] = "Haare", "Feinschliff"
    session.commit()
    log = bob.stop_timer()
    assert 1800 <= log["duration"] < 1860, log["duration"]
    same((log["comment"], log["name"], log["context_id"]), ("Haare", "Feinschliff", task["id"]))
    with refused(ftrack_api.exception.NoResultFoundError, ""):
        bob.stop_timer()
    session.create("Timelog", {"user": bob, "context": task, "duration": 3600, "start": arrow.utcnow()})
    session.commit()
    log["duration"] = 1800
    session.commit()
    other = day.session()
    same(other.get("Task", task["id"])["time_logged"], 5400)
    same(sum(one["duration"] for one in other.get("Task", task["id"])["timelogs"]), 5400)
    same(other.get("Task", task["id"])["bid_time_logged_difference"], 28800 - 5400)
    session.delete(log)
    session.commit()
    same(day.session().get("Task", task["id"])["time_logged"], 3600)


@step("tells of its jobs, and gives scopes and managers to a task")
def jobs_and_more(day):
    session = day.session()
    ada = session.query('User where username is "ada"').one()
    task = session.get("Task", day.task["id"])
    job = session.create(
        "Job", {"user": ada, "status": "running", "data": json.dumps({"description": "Rendern"})}
    )
    session.commit()
    job["status"] = "done"
    session.commit()
    read = day.session().get("Job", job["id"])
    same((read["status"], read["type"], read["user"]["username"]), ("done", "api_job", "ada"))
    same((json.loads(read["data"]), read["finished_at"] is None), ({"description": "Rendern"}, False))

    # The name follows in an update of the same commit.
    scope = session.create("Scope")
    task["scopes"].append(scope)
    scope["name"] = "Werbung"
    kind = session.create("ManagerType", {"name": "Koordination"})
    session.create("Manager", {"context": task, "user": ada, "type": kind})
    session.commit()
    other = day.session()
    read = other.get("Task", task["id"])
    same([one["name"] for one in read["scopes"]], ["Werbung"])
    same(
        [(one["user"]["username"], one["type"]["name"]) for one in read["managers"]],
        [("ada", "Koordination")],
    )
    same([one["id"] for one in other.query('Task where scopes any (name is "Werbung")')], [task["id"]])
    task["scopes"] = []
    session.commit()
    same(list(day.session().get("Task", task["id"])["scopes"]), [])
