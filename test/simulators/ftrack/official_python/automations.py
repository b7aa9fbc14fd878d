"""What studios automate with the client: copies of structures, lists and reviews, schemas, messages, reports."""

import json

from ftrack_api.attribute import KeyValueMappedCollectionAttribute, ScalarAttribute
from steps import same, step


@step("copies a structure with its attributes, metadata, custom attributes and assignments")
def duplicate_structure(day):
    session = day.session(auto_populate=False)
    root = day.sequence["id"]
    found = session.query(
        "select name, object_type.name, project.children, children, parent_id from TypedContext "
        'where ancestors any (id={0}) or id is "{0}"'.format(root)
    ).all()
    by_id = {one["id"]: one for one in found}
    copies = {}

    def copy(entity, parent_id):
        kind = entity["object_type"]["name"].replace(" ", "")
        name = entity["name"] + ("_copy" if entity["id"] == root else "")
        data = {"parent_id": parent_id, "name": name, "metadata": {"original_id": entity["id"]}}
        copies[entity["id"]] = session.create(kind, data)
        for child in entity["children"]:
            copy(by_id[child["id"]], copies[entity["id"]]["id"])

    copy(by_id[root], by_id[root]["parent_id"])
    session.commit()
    same(len(copies), len(found))

    schemas = {schema["id"]: schema for schema in session.schemas}
    skipped = {"id", "name", "project_id", "parent_id", "sort", "thumbnail_id"}
    for kind in {type(one).__name__ for one in found}:
        attributes = [
            one
            for one in session.types[kind].attributes
            if one.name not in skipped | set(schemas[kind]["immutable"])
            and isinstance(one, (ScalarAttribute, KeyValueMappedCollectionAttribute))
        ]
        names = ", ".join(one.name for one in attributes)
        ids = '"{}"'.format('","'.join(one["id"] for one in found if type(one).__name__ == kind))
        originals = session.query(
            "select {}, assignments.resource_id from TypedContext where id in ({})".format(names, ids)
        ).all()
        made = '"{}"'.format('","'.join(copies[one["id"]]["id"] for one in originals))
        session.query("select metadata, custom_attributes from {} where id in ({})".format(kind, made)).all()
        for original in originals:
            fill(session, original, (copies[original["id"]], attributes))
    session.commit()

    other = day.session()
    task = other.query(
        'Task where name is "animation" and metadata any (value is "{}")'.format(day.task["id"])
    ).one()
    same([part["name"] for part in task["link"]][2:], ["sq010_copy", "sh010", "animation"])
    same((task["status"]["name"], task["type"]["name"], task["bid"]), ("Pending Review", "Animation", 28800))
    same([one["resource"]["username"] for one in task["assignments"]], ["bob"])
    shot = task["parent"]
    same(shot["custom_attributes"]["tools"], ["nuke", "maya"])
    same(dict(shot["metadata"]), {"original_id": day.shot["id"], "source": "edit 8"})
    other.delete(other.get("Sequence", copies[root]["id"]))
    other.commit()


def fill(session, original, target):
    """Give a copy the values of its original."""
    made, attributes = target
    for attribute in attributes:
        if isinstance(attribute, ScalarAttribute):
            made[attribute.name] = original[attribute.name]
        else:
            for key, value in original[attribute.name].items():
                made[attribute.name][key] = value
    for assignment in original["assignments"]:
        data = {"type": "assignment", "context_id": made["id"], "resource_id": assignment["resource_id"]}
        session.create("Appointment", data)


@step("copies a list and a review session with the latest versions, in one commit each")
def clone_with_latest(day):
    session = day.session()
    dailies = session.query('List where name is "Dailies"').one()
    latest = "AssetVersion where asset_id is {} and is_latest_version is True"
    versions = {session.query(latest.format(one["asset_id"])).one() for one in dailies["items"]}
    data = {"project_id": dailies["project_id"], "name": "21/11/2026", "category": dailies["category"]}
    session.create("AssetVersionList", {**data, "items": list(versions)})
    review = session.create("ReviewSession", {"name": "Original", "project_id": dailies["project_id"]})
    guest = {"name": "Frau Kunde", "email": "kunde@film.example", "review_session": review}
    session.create("ReviewSessionInvitee", guest)
    session.commit()
    objects = [session.create("ReviewSessionObject", {"asset_version": one}) for one in versions]
    session.create(
        "ReviewSession",
        {
            "name": "21/11/2026",
            "project_id": review["project_id"],
            "review_session_invitees": review["review_session_invitees"],
            "review_session_objects": objects,
            "settings": review["settings"],
        },
    )
    session.commit()
    other = day.session()
    same(len(other.query('AssetVersionList where name is "21/11/2026"').one()["items"]), len(versions))
    copy = other.query('ReviewSession where name is "21/11/2026"').one()
    same({one["asset_version"] for one in copy["review_session_objects"]}, versions)
    same([one["email"] for one in copy["review_session_invitees"]], ["kunde@film.example"])
    assert copy["start_date"] is not None and copy["end_date"] is not None


@step("makes a project schema of its own, and a project that follows it")
def project_schema(day):
    session = day.session()

    def named(entity_type, name):
        return session.query('{} where name is "{}"'.format(entity_type, name)).one()["id"]

    workflow = session.create("WorkflowSchema", {"name": "Kurz"})
    for name in ("Not started", "Approved"):
        data = {"workflow_schema_id": workflow["id"], "status_id": named("Status", name)}
        session.create("WorkflowSchemaStatus", data)
    types = session.create("TaskTypeSchema", {"name": "Kurz"})
    session.create(
        "TaskTypeSchemaType", {"task_type_schema_id": types["id"], "type_id": named("Type", "Generic")}
    )
    schema = session.create(
        "ProjectSchema",
        {
            "name": "Kurzfilm",
            "task_workflow_schema_id": workflow["id"],
            "task_type_schema_id": types["id"],
            "asset_version_workflow_schema_id": workflow["id"],
        },
    )
    for name in ("Folder", "Shot"):
        data = {"project_schema_id": schema["id"], "object_type_id": named("ObjectType", name)}
        session.create("ProjectSchemaObjectType", data)
    project = session.create("Project", {"name": "kurz", "full_name": "Kurz", "project_schema": schema})
    task = session.create("Task", {"name": "alles", "parent": project})
    session.commit()
    other = day.session()
    read = other.get("Project", project["id"])["project_schema"]
    same([one["name"] for one in read.get_statuses("Task")], ["Not started", "Approved"])
    same([one["name"] for one in read.get_types("Task")], ["Generic"])
    assert {"Folder", "Shot"} <= {one["name"] for one in read["object_types"]}
    made = other.get("Task", task["id"])
    same((made["status"]["name"], made["type"]["name"]), ("Not started", "Generic"))
    session.delete(project)
    session.commit()


@step("sends a message to people's inbox, and hands out a report as a job's file")
def messages_and_reports(day):
    session = day.session()
    author = session.query("User where username is {}".format(session.api_user)).one()
    recipients = session.query("User where username in ('bob','cleo')").all()
    note = session.create("Note", {"author": author, "content": "Kino um acht"})
    for user in recipients:
        recipient = session.create("Recipient", {"note_id": note["id"], "resource_id": user["id"]})
        note["recipients"].append(recipient)
    session.commit()
    inbox = 'Note where recipients any (user.username is "bob") and parent_id is None'
    same([one["content"] for one in day.session("bob").query(inbox)], ["Kino um acht"])

    job = session.create(
        "Job", {"user": author, "status": "running", "data": json.dumps({"description": "Bericht"})}
    )
    session.commit()
    server = session.query("Location where name is 'ftrack.server'").one()
    path = day.path("report.csv", b"shot;status")
    component = session.create_component(path, data={"name": "report"}, location=server)
    session.commit()
    session.create("JobComponent", {"component_id": component["id"], "job_id": job["id"]})
    job["status"] = "done"
    session.commit()
    read = (
        day.session()
        .query('select job_components.component.name from Job where id is "{}"'.format(job["id"]))
        .one()
    )
    same([one["component"]["name"] for one in read["job_components"]], ["report"])
    same([one["url"]["value"].startswith(day.url) for one in read["job_components"]], [True])
