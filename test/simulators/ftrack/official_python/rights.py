"""What a session may do, how it is refused, and the operations that are no reading or writing."""

import ftrack_api
import requests
from steps import refused, same, step


@step("silently hides what a user may not see, and refuses to change what he may not")
def permissions(day):
    hidden = 'Project where name is "geheim"'
    same(
        [day.session(name).query(hidden).first() is None for name in ("ada", "bob", "cleo")],
        [True, True, False],
    )
    bob = day.session("bob")
    same({one["name"] for one in bob.query("Project")}, {"leuchtturm", "nachtflug"})
    same(bob.query('TypedContext where name is "pitch"').all(), [])
    cleo = day.session("cleo")
    same({one["name"] for one in cleo.query("Project")}, {"geheim"})
    folder = cleo.query('Folder where name is "pitch"').one()
    cleo.create("Task", {"name": "moodboard", "parent": folder, "type": cleo.query("Type").first()})
    cleo.commit()
    operation = {
        "action": "update",
        "entity_type": "Shot",
        "entity_key": [day.shot["id"]],
        "entity_data": {"__entity_type__": "Shot", "description": "x"},
    }
    with refused(ftrack_api.exception.ServerError, "PermissionError"):
        cleo.call([operation])
    same(day.session().get("Shot", day.shot["id"])["description"], "")


@step("reports errors as the server names them, with HTTP statuses in strict mode")
def errors(day):
    session = day.session()
    with refused(ftrack_api.exception.ServerError, "Invalid action u'compute_media'"):
        session.call([{"action": "compute_media"}])
    with refused(ftrack_api.exception.ServerError, "Scenery"):
        session.call([{"action": "query", "expression": "Scenery where name is x"}])
    with refused(ftrack_api.exception.ServerError, "ValidationError"):
        session.call([{"action": "update", "entity_type": "Shot", "entity_key": ["x"], "entity_data": {}}])
    headers = {"ftrack-user": "ada", "ftrack-api-key": "key-of-ada"}
    body = [{"action": "query", "expression": "select"}]
    for strict, ok in (("false", True), ("true", False)):
        answer = requests.post(
            day.url + "/api", json=body, headers={**headers, "ftrack-strict-api": strict}, timeout=20
        )
        same((answer.ok, answer.json()["exception"]), (ok, "ParseError"))
    strict = day.session(strict_api=True)
    with refused(ftrack_api.exception.ServerError, "ParseError"):
        strict.query("Shot where (").all()
    answer = strict.call(
        [{"action": "query", "expression": "select count(id) from Shot group by project_id"}]
    )
    counts = sorted(row["count_id"] for row in answer[0]["data"])
    same(counts[-1], len(strict.query('Shot where project_id is "{}"'.format(day.project["id"])).all()))


@step("asks for widgets, invitations, background jobs and a new key")
def remote_operations(day):
    session = day.session()
    task = session.get("Task", day.task["id"])
    url = session.get_widget_url("info", entity=task, theme="light")
    same((requests.get(url, timeout=20).ok, "animation" in requests.get(url, timeout=20).text), (True, True))
    same(requests.get(session.get_widget_url("tasks"), timeout=20).ok, True)
    emil = session.ensure("User", {"username": "emil", "email": "emil@studio.example"})
    emil.send_invite()
    session.send_user_invites([emil, session.query('User where username is "bob"').one()])
    job_type = ftrack_api.symbol.JOB_SYNC_USERS_LDAP.name
    [answer] = session.call([{"action": "delayed_job", "job_type": job_type}])
    same(answer["action"], "delayed_job")
    key = emil.reset_api_key()
    same(session.reset_remote("api_key", entity=emil)["api_key"] == key, False)
    with refused(ftrack_api.exception.ServerError, "api_key"):
        session.reset_remote("password", entity=emil)
    newest = emil.reset_api_key()
    with refused(ftrack_api.exception.ServerError, "InvalidCredentialsError"):
        day.session("emil", api_key=key)
    same(day.session("emil", api_key=newest).api_user, "emil")
