"""A working day of the official Python client; prints one JSON line with what it saw.

Arguments: server address, user, key.
"""

import json
import sys
import threading
import time

import arrow
import ftrack_api

url, user, key = sys.argv[1:4]
seen = {}

session = ftrack_api.Session(
    server_url=url, api_user=user, api_key=key, auto_connect_event_hub=False
)

project = session.query('Project where name is "nordlicht"').one()
sequence = session.query(
    'Sequence where name is "sq010" and project_id is "{}"'.format(project["id"])
).one()
seen["children"] = sorted(child["name"] for child in sequence["children"])
seen["link"] = [part["name"] for part in sequence["link"]]

task_type = session.query('Type where name is "Animation"').one()
shot = session.create("Shot", {"name": "sh800", "parent": sequence, "project": project})
task = session.create(
    "Task",
    {
        "name": "roto",
        "parent": shot,
        "project": project,
        "type": task_type,
        "start_date": arrow.get("2026-05-04T08:00:00"),
    },
)
bob = session.query('User where username is "bob"').one()
session.create("Appointment", {"context": task, "resource": bob, "type": "assignment"})
session.commit()

seen["status"] = task["status"]["name"]
seen["assignees"] = [one["resource"]["username"] for one in task["assignments"]]
seen["path"] = [part["name"] for part in task["link"]]

shot["custom_attributes"]["frameEnd"] = 1150
shot["custom_attributes"]["department"] = ["2d", "3d"]
shot["metadata"]["source"] = "edit 7"
session.commit()

session.cache.clear()
again = ftrack_api.Session(
    server_url=url, api_user=user, api_key=key, auto_connect_event_hub=False
)
read = again.query(
    'select custom_attributes, metadata, parent.name from Shot where id is "{}"'.format(
        shot["id"]
    )
).one()
seen["frameEnd"] = read["custom_attributes"]["frameEnd"]
seen["frameStart"] = read["custom_attributes"]["frameStart"]
seen["department"] = read["custom_attributes"]["department"]
seen["metadata"] = dict(read["metadata"])
seen["raw"] = len(
    again.query(
        'CustomAttributeValue where entity_id is "{}"'.format(shot["id"])
    ).all()
)

received = []
event_arrived = threading.Event()


def on_update(event):
    for entity in event["data"]["entities"]:
        if entity.get("entityId") == shot["id"]:
            received.append(entity["action"])
            event_arrived.set()


again.event_hub.connect()
again.event_hub.subscribe(
    'topic=ftrack.update and source.user.username="{}"'.format(user), on_update
)
again.event_hub.wait(duration=0.5)
shot["description"] = "Schöner"
session.commit()
deadline = time.time() + 15
while not event_arrived.is_set() and time.time() < deadline:
    again.event_hub.wait(duration=0.2)
seen["received"] = received[:1]

try:
    session.create("Shot", {"name": "SH800", "parent": sequence, "project": project})
    session.commit()
    seen["duplicate"] = None
except ftrack_api.exception.ServerError as error:
    seen["duplicate"] = "Duplicate" in str(error)
    session.rollback()

session.delete(shot)
session.commit()
seen["left"] = len(
    again.query('TypedContext where id in ("{}", "{}")'.format(shot["id"], task["id"])).all()
)
again.close()
session.close()
print(json.dumps(seen))
