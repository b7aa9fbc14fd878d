"""The event hub: updates, replies, actions with forms, and a lost connection."""

import ftrack_api
import ftrack_api.event.hub
from ftrack_api.event.base import Event
from steps import refused, same, step, until


class Listener:
    """A session with an open event hub that keeps the events of its subscriptions."""

    def __init__(self, day, username):
        self.session = day.session(username, auto_connect_event_hub=True)
        self.hub = self.session.event_hub
        self.events = []
        until(lambda: self.hub.connected, "the connection of the event hub")

    def subscribe(self, expression, callback=None, **options):
        """Subscribe, and come back when the server knows it."""
        identifier = self.hub.subscribe(expression, callback or self.events.append, **options)
        self.reach_server()
        return identifier

    def reach_server(self):
        """Wait until the server has read everything that was sent: it reads in order."""
        seen = []
        topic = "studio.seen." + self.hub.id
        mark = self.hub.subscribe("topic=" + topic, seen.append)
        self.hub.publish(Event(topic=topic))
        self.expect(lambda: seen, "the own event")
        self.hub.unsubscribe(mark)

    def expect(self, condition, what):
        """Handle events until the condition holds."""
        return until(condition, what, pause=lambda: self.hub.wait(duration=0))

    def take(self, count=1):
        """The next events of the subscriptions, in their order."""
        self.expect(lambda: len(self.events) >= count, "{} events".format(count))
        taken = self.events[:count]
        del self.events[:count]
        return taken


@step("tells another session of its changes, as that one's expressions ask for")
def updates(day):
    day.listener = listener = Listener(day, "bob")
    listener.subscribe('topic=ftrack.update and source.user.username=ada and not data.user.name="Bob*"')
    others = []
    listener.subscribe("topic=ftrack.update and source.user.username=cleo", others.append)
    session = day.session()
    shot = session.get("Shot", day.shot["id"])
    shot["name"] = "sh011"
    shot["custom_attributes"]["takes"] = 12
    session.commit()
    [event] = listener.take()
    [change] = [one for one in event["data"]["entities"] if one.get("entityId") == shot["id"]]
    same((change["action"], change["entityType"], change["entity_type"]), ("update", "task", "Shot"))
    same(set(change["keys"]), {"name", "takes"})
    same(change["changes"]["name"], {"old": "sh010", "new": "sh011"})
    same(change["changes"]["takes"], {"old": "3", "new": "12"})
    same([one["entityType"] for one in change["parents"]], ["task", "task", "task", "show"])
    same(event["data"]["user"]["name"], "Ada Okafor")
    assert event["source"]["user"]["id"] is not None

    task = session.create("Task", {"name": "fx", "parent": shot, "type": session.query("Type").first()})
    session.commit()
    session.delete(task)
    shot["name"] = "sh010"
    session.commit()
    added, removed = listener.take(2)
    [change] = [one for one in added["data"]["entities"] if one["entityType"] == "task"]
    same((change["action"], change["changes"]["name"]), ("add", {"old": None, "new": "fx"}))
    actions = {one["entityId"]: one["action"] for one in removed["data"]["entities"]}
    same((actions[task["id"]], actions[shot["id"]]), ("remove", "update"))
    same((others, listener.events), ([], []))


@step("calls its subscribers by priority, lets one stop the event, and subscribes before it connects")
def priorities(day):
    hub = ftrack_api.event.hub.EventHub(day.url, "ada", "key-of-ada")
    calls = []

    def first(event):
        calls.append("first")
        if event["data"].get("stop"):
            event.stop()

    hub.subscribe("topic=studio.order", lambda event: calls.append("last"), priority=50)
    mark = hub.subscribe("topic=studio.order", first, subscriber={"id": "studio-first"}, priority=10)
    with refused(ftrack_api.exception.NotUniqueError, "already exists"):
        hub.subscribe("topic=studio.order", first, subscriber={"id": mark})
    hub.connect()
    hub.publish(Event(topic="studio.order", data={"stop": True}))
    hub.publish(Event(topic="studio.order"))
    until(lambda: len(calls) >= 3, "the own events", pause=lambda: hub.wait(duration=0))
    same(calls, ["first", "first", "last"])
    hub.reconnect()
    same(hub.connected, True)
    hub.publish(Event(topic="studio.order"))
    until(lambda: len(calls) >= 5, "the own event after it reconnected", pause=lambda: hub.wait(duration=0))
    hub.disconnect()
    same(hub._subscribers, [])
    with refused(ftrack_api.exception.EventHubConnectionError, "Not currently connected"):
        hub.disconnect()
    with refused(ftrack_api.exception.EventHubConnectionError, ""):
        hub.publish(Event(topic="studio.order"))
    wrong = ftrack_api.event.hub.EventHub(day.url, "ada", "wrong")
    with refused(ftrack_api.exception.EventHubConnectionError, "Failed to connect"):
        wrong.connect()


@step("publishes events to targets, and gets the replies of those who answer")
def replies(day):
    bob = day.listener
    day.asker = ada = Listener(day, "ada")
    bob.subscribe(
        "topic=studio.question and (data.word>=m or data.word=a)", lambda event: event["data"]["word"] * 2
    )
    nowhere = []
    bob.subscribe("topic=studio.q*", nowhere.append, subscriber={"applicationId": "studio.silent"})
    answers = []
    ada.hub.publish(Event(topic="studio.question", data={"word": "b"}), on_reply=answers.append)
    ada.hub.publish(
        Event(topic="studio.question", data={"word": "n"}, target="not applicationId=studio.silent"),
        on_reply=answers.append,
    )

    def answered():
        bob.hub.wait(duration=0)
        return answers

    ada.expect(answered, "the reply")
    same([one["data"] for one in answers], ["nn"])
    same(answers[0]["topic"], "ftrack.meta.reply")
    bob.expect(lambda: nowhere, "the event without a target")
    same([one["data"]["word"] for one in nowhere], ["b"])
    same(ada.hub.publish(Event(topic="studio.local"), synchronous=True), [])


@step("registers an action that is found, launched, asks with a form and shows a widget")
def actions(day):
    bob, ada = day.listener, day.asker
    launches = []

    def discover(event):
        selection = event["data"]["selection"]
        if len(selection) == 1 and selection[0]["entityType"] == "task":
            return {"items": [{"label": "Anzahl setzen", "actionIdentifier": "studio.takes"}]}
        return None

    def launch(event):
        launches.append(event["data"])
        values = event["data"].get("values")
        if values is None:
            takes = {"type": "number", "name": "takes", "label": "Takes", "value": 1}
            return {"items": [{"type": "label", "value": "## Wie viele?"}, takes], "title": "Takes"}
        session = bob.session
        shot = session.get("Shot", event["data"]["selection"][0]["entityId"])
        shot["custom_attributes"]["takes"] = values["takes"]
        session.commit()
        url = session.get_widget_url("info", entity=shot)
        return {"success": True, "message": "Gesetzt", "type": "widget", "url": url, "title": "Shot"}

    bob.subscribe("topic=ftrack.action.discover and source.user.username=ada", discover)
    bob.subscribe("topic=ftrack.action.launch and data.actionIdentifier=studio.takes", launch)

    def ask(topic, data):
        got = []
        ada.hub.publish(Event(topic=topic, data=data), on_reply=got.append)

        def answered():
            bob.hub.wait(duration=0)
            return got

        ada.expect(answered, "the reply to " + topic)
        return got[0]["data"]

    selection = [{"entityId": day.shot["id"], "entityType": "task"}]
    [item] = ask("ftrack.action.discover", {"selection": selection})["items"]
    form = ask("ftrack.action.launch", {"selection": selection, **item})
    same([one["type"] for one in form["items"]], ["label", "number"])
    values = {form["items"][1]["name"]: 44}
    done = ask("ftrack.action.launch", {"selection": selection, **item, "values": values})
    same((done["success"], done["type"], done["url"].startswith(day.url)), (True, "widget", True))
    same([one.get("values") for one in launches], [None, {"takes": 44}])
    same(day.session().get("Shot", day.shot["id"])["custom_attributes"]["takes"], 44)


@step("hands an approval on to the next task, and tells the person who gave it")
def cascade(day):
    bob, ada = day.listener, day.asker
    session = bob.session
    shown = []
    web = {
        "applicationId": "ftrack.client.web",
        "user": {"id": ada.session.query('User where username is "ada"').one()["id"]},
    }
    ada.subscribe("topic=ftrack.action.trigger-user-interface", shown.append, subscriber=web)

    def hand_on(event):
        for change in event["data"]["entities"]:
            if change["entityType"] != "task" or "statusid" not in change.get("keys", []):
                continue
            task = session.query('Task where id is "{}"'.format(change["entityId"])).first()
            project = session.query(
                'select project_schema from Project where id is "{}"'.format(task["project_id"])
            ).first()
            workflow = session.query(
                'WorkflowSchema where id is "{}"'.format(project["project_schema"]["task_workflow_schema_id"])
            ).first()
            names = {status["id"]: status["name"] for status in workflow["statuses"]}
            if names[change["changes"]["statusid"]["new"]] != "Approved":
                continue
            session.populate(task, "outgoing_links")
            for link in task["outgoing_links"]:
                link["to"]["description"] = "bereit"
            session.commit()
            told = {"type": "message", "success": True, "message": "bereit"}
            target = 'applicationId=ftrack.client.web and user.id="{}"'.format(event["source"]["user"]["id"])
            topic = "ftrack.action.trigger-user-interface"
            bob.hub.publish(Event(topic=topic, data=told, target=target), on_error="ignore")

    mark = bob.subscribe("topic=ftrack.update and source.user.username=ada", hand_on)
    session_of_ada = day.session()
    task = session_of_ada.get("Task", day.task["id"])
    for name in ("In progress", "Approved"):
        task["status"] = session_of_ada.query('Status where name is "{}"'.format(name)).one()
        session_of_ada.commit()

    def told():
        bob.hub.wait(duration=0)
        return shown

    ada.expect(told, "the message to Ada")
    same([one["data"]["message"] for one in shown], ["bereit"])
    after = day.session().get("Task", day.task["id"])
    same([one["to"]["description"] for one in after["outgoing_links"]], ["bereit"])
    bob.hub.unsubscribe(mark)
    bob.reach_server()


@step("comes back when the server drops its connection, and receives again")
def reconnect(day):
    bob = day.listener
    bob.events.clear()
    lost = bob.hub._connection
    day.steer("hub", {"drop": "bob"})
    until(lambda: bob.hub.connected and bob.hub._connection is not lost, "the new connection")
    bob.reach_server()
    session = day.session()
    session.get("Shot", day.shot["id"])["description"] = "Nach dem Abbruch"
    session.commit()
    bob.expect(
        lambda: any(
            one.get("entityId") == day.shot["id"] and one["keys"] == ["description"]
            for event in bob.events
            for one in event["data"]["entities"]
        ),
        "the update after the connection came back",
    )


@step("unsubscribes, disconnects and connects again")
def goodbye(day):
    bob = day.listener
    mark = bob.subscribe("topic=studio.goodbye", bob.events.append)
    bob.hub.unsubscribe(mark)
    bob.reach_server()
    bob.events.clear()
    day.asker.hub.publish(Event(topic="studio.goodbye"))
    day.asker.reach_server()
    bob.reach_server()
    same(bob.events, [])
    with refused(ftrack_api.exception.EventHubConnectionError, "Already connected"):
        bob.hub.connect()
    bob.hub.disconnect(unsubscribe=False)
    same(bob.hub.connected, False)
    bob.hub.connect()
    bob.reach_server()
    bob.session.close()
    same((bob.session.closed, bob.hub.connected), (True, False))
    day.asker.session.close()
    day.ada.close()
    with refused(ftrack_api.exception.ConnectionClosedError, ""):
        day.ada.query("Project").first()
