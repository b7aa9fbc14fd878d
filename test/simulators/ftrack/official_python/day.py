"""What the steps of the day share: the sessions, the places and things that were made so far."""

import os

import ftrack_api
import requests


class Day:
    """One working day of Ada, who may do everything, and of Bob, an artist."""

    def __init__(self, url, folder):
        self.url = url
        #: An empty folder for files and caches.
        self.folder = folder
        self.ada = None
        self.project = None
        self.sequence = None
        self.shot = None
        self.task = None
        self.version = None

    def session(self, username="ada", **options):
        """A new session; all share one file of schemas."""
        options.setdefault("schema_cache_path", os.path.join(self.folder, "cache"))
        options.setdefault("api_key", "key-of-" + username)
        return ftrack_api.Session(server_url=self.url, api_user=username, **options)

    def user(self, username, session=None):
        expression = 'User where username is "{}"'.format(username)
        return (session or self.ada).query(expression).one()

    def named(self, entity_type, name):
        return self.ada.query('{} where name is "{}"'.format(entity_type, name)).one()

    def path(self, name, data=None):
        """The path of a file of the day, written first when *data* is given."""
        path = os.path.join(self.folder, name)
        if data is not None:
            with open(path, "wb") as file:
                file.write(data)
        return path

    def calls(self):
        """One line for each request to /api so far: what its operations were."""
        answer = requests.get(self.url + "/_simulator/calls", timeout=20).json()
        return [call["body"] for call in answer if call["path"] == "/api"]

    def steer(self, path, body):
        """Do something to the simulator that no client can."""
        answer = requests.post(self.url + "/_simulator/" + path, json=body, timeout=20)
        answer.raise_for_status()
