"""Assets, versions and their files: uploaded, downloaded, encoded and removed."""

import json
import os
import struct
import zlib

import ftrack_api
import requests
from ftrack_api.accessor.disk import DiskAccessor
from ftrack_api.structure.standard import StandardStructure
from steps import refused, same, step, until

SERVER = ftrack_api.symbol.SERVER_LOCATION_ID


def picture(width, height):
    """The bytes of an orange PNG picture."""

    def chunk(name, data):
        whole = name + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    rows = (b"\x00" + b"\xe6\x7e\x22" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@step("publishes versions, whose numbers, statuses and latest one the server knows")
def publish(day):
    session = day.ada
    asset = session.create(
        "Asset", {"name": "animation", "parent": day.shot, "type": day.named("AssetType", "Animation")}
    )
    first = session.create("AssetVersion", {"asset": asset, "task": day.task, "comment": "Erster Wurf"})
    session.commit()
    same((first["version"], first["status"]["name"], first["is_latest_version"]), (1, "Pending Review", True))
    same((first["user"]["username"], first["date"] is not None), ("ada", True))
    day.version = session.create("AssetVersion", {"asset": asset, "task": day.task})
    session.commit()
    day.version["uses_versions"].append(first)
    session.commit()

    other = day.session()
    read = other.query(
        "select version, is_latest_version, uses_versions.version, asset.parent.name, link, task.name "
        'from AssetVersion where id is "{}"'.format(day.version["id"])
    ).one()
    same((read["version"], read["is_latest_version"], read["task"]["name"]), (2, True, "animation"))
    same([one["version"] for one in read["uses_versions"]], [1])
    same(read["asset"]["latest_version"], read)
    same([one["version"] for one in read["asset"]["versions"]], [1, 2])
    same(read["asset"]["parent"]["name"], "sh010")
    older = other.get("AssetVersion", first["id"])
    same((older["is_latest_version"], older["comment"]), (False, "Erster Wurf"))
    same([one["version"] for one in older["used_in_versions"]], [2])
    latest = 'AssetVersion where is_latest_version is true and asset.parent.id is "{}"'.format(day.shot["id"])
    same([one["id"] for one in other.query(latest)], [day.version["id"]])


@step("uploads a component into the server's location, downloads it, and removes it")
def components(day):
    session = day.ada
    server = session.get("Location", SERVER)
    same(server["name"], "ftrack.server")
    data = os.urandom(200_000)
    path = day.path("cache.abc", data)
    component = day.version.create_component(path, {"name": "main"}, location=server)
    session.commit()
    same((component["file_type"], component["size"], component["version"]), (".abc", 200_000, day.version))

    other = day.session()
    copy = other.get("FileComponent", component["id"])
    there = other.get("Location", SERVER)
    same(other.get_component_availability(copy)[SERVER], 100.0)
    same(there.get_resource_identifier(copy), component["id"])
    url = there.get_url(copy)
    same(requests.get(url, timeout=20).content, data)
    same(there.accessor.open(component["id"], "rb").read(), data)
    same({one["name"] for one in other.get("AssetVersion", day.version["id"])["components"]}, {"main"})
    with refused(ftrack_api.exception.AccessorUnsupportedOperationError, "get_filesystem_path"):
        there.get_filesystem_path(copy)
    disk = disk_location(other, day)
    disk.add_component(copy, there)
    local = disk.get_filesystem_path(copy)
    with open(local, "rb") as file:
        same(file.read(), data)
    same(os.path.relpath(local, day.folder), "disk/nachtflug/ep01/sq010/sh010/animation/v002/main.abc")

    server.remove_component(component)
    same(
        other.query('ComponentLocation where component_id is "{}"'.format(copy["id"])).one()["location"], disk
    )
    same(requests.get(url, timeout=20).ok, False)
    with refused(ftrack_api.exception.ComponentNotInLocationError, "ftrack.server"):
        day.session().get("Location", SERVER).get_resource_identifier(copy)
    session.delete(component)
    session.commit()
    same(day.session().query('Component where id is "{}"'.format(copy["id"])).all(), [])


def disk_location(session, day):
    """A location of the studio: files below a folder, named by the standard structure."""
    location = session.ensure("Location", {"name": "studio.disk"})
    os.makedirs(day.path("disk"), exist_ok=True)
    location.accessor = DiskAccessor(prefix=day.path("disk"))
    location.structure = StandardStructure()
    return location


@step("publishes a sequence of files and brings it to a location on disk")
def sequences(day):
    session = day.session()
    version = session.get("AssetVersion", day.version["id"])
    for frame in (1001, 1002, 1003):
        day.path("plate.{}.exr".format(frame), b"x" * frame)
    disk = disk_location(session, day)
    path = day.path("plate.%04d.exr [1001-1003]")
    sequence = version.create_component(path, {"name": "plate"}, location=disk)
    session.commit()
    same((sequence.entity_type, sequence["padding"], sequence["size"]), ("SequenceComponent", 4, 3006))

    other = day.session()
    copy = other.get("Component", sequence["id"])
    same(sorted(one["name"] for one in copy["members"]), ["1001", "1002", "1003"])
    same({one["container"]["name"] for one in copy["members"]}, {"plate"})
    there = disk_location(other, day)
    same(there.get_component_availability(copy), 100.0)
    same(os.path.basename(there.get_filesystem_path(copy)), "plate.%04d.exr")
    member = [one for one in copy["members"] if one["name"] == "1002"][0]
    same(os.path.getsize(there.get_filesystem_path(member)), 1002)
    session.delete(sequence)
    session.commit()
    ids = ", ".join(one["id"] for one in copy["members"])
    same(day.session().query("Component where id in ({})".format(ids)).all(), [])


@step("fills a container with files, and takes them out of a location again")
def containers(day):
    session = day.session()
    disk = disk_location(session, day)
    version = session.get("AssetVersion", day.version["id"])
    container = session.create("ContainerComponent", {"name": "delivery", "version": version})
    names = ("a.txt", "b.txt")
    parts = [
        session.create_component(day.path(name, b"x"), {"name": name[0]}, location=None) for name in names
    ]
    for part in parts:
        container["members"].append(part)
    origin = session.query('Location where name is "ftrack.origin"').one()
    origin.add_component(container, day.folder, recursive=False)
    session.commit()
    disk.add_component(container, origin)
    same(disk.get_component_availability(container), 100.0)
    other = day.session()
    read = other.query('select members.name from Component where id is "{}"'.format(container["id"])).one()
    same(sorted(one["name"] for one in read["members"]), ["a", "b"])
    with refused(ftrack_api.exception.ComponentInLocationError, "studio.disk"):
        disk.add_components([parts[0]], origin)
    disk.remove_component(container)
    there = disk_location(day.session(), day)
    left = "ComponentLocation where location_id is {} and component.name in (a, b, delivery)"
    same(other.query(left.format(there["id"])).all(), [])
    same(there.get_component_availability(other.get("Component", parts[0]["id"])), 0.0)
    passing = session.create("Location", {"name": "passing.by"})
    session.commit()
    session.delete(passing)
    session.commit()
    same(other.query('Location where name is "passing.by"').all(), [])


@step("gives thumbnails to versions and shots")
def thumbnails(day):
    session = day.session()
    path = day.path("thumbnail.png", picture(320, 180))
    for entity in (session.get("AssetVersion", day.version["id"]), session.get("Shot", day.shot["id"])):
        component = entity.create_thumbnail(path)
        same((component["name"], entity["thumbnail_id"]), ("thumbnail", component["id"]))
        other = day.session()
        again = other.get(entity.entity_type, entity["id"])
        same(again["thumbnail"]["file_type"], ".png")
        same(again["thumbnail_url"]["value"].startswith(day.url), True)
        small = other.get("Location", SERVER).get_thumbnail_url(again["thumbnail"], size=64)
        for url in (small, again["thumbnail_url"]["value"]):
            answer = requests.get(url, timeout=20)
            same((answer.ok, answer.headers["content-type"].split("/")[0]), (True, "image"))


@step("encodes media in a job, which makes components for review and a thumbnail")
def encode(day):
    session = day.session()
    version = session.get("AssetVersion", day.version["id"])
    job = version.encode_media(day.path("still.png", picture(640, 360)))
    assert job["status"] in ("queued", "running", "done"), job["status"]
    assert json.loads(job["data"])["output"], "the job does not tell what it will make"

    def finished():
        found = day.session().query('Job where id is "{}" and status is "done"'.format(job["id"])).first()
        return found

    done = until(finished, "the end of the encoding")
    told = json.loads(done["data"])
    same(told["keep_original"], False)
    outputs = {one["format"]: one["component_id"] for one in told["output"]}
    same({one["component_id"] for one in done["job_components"]} >= set(outputs.values()), True)
    other = day.session()
    names = {one["name"] for one in other.get("AssetVersion", version["id"])["components"]}
    assert "ftrackreview-image" in names, names
    image = other.get("Component", outputs["image/jpeg"])
    answer = requests.get(other.get("Location", SERVER).get_url(image), timeout=20)
    same(answer.content[:3], b"\xff\xd8\xff")
    assert other.get("AssetVersion", version["id"])["thumbnail_id"] is not None


@step("publishes what can be reviewed without the server's encoding")
def own_reviewable(day):
    session = day.session()
    version = session.query(
        'AssetVersion where asset.versions.id is "{}" and version is 1'.format(day.version["id"])
    ).one()
    server = session.get("Location", SERVER)
    path = day.path("review.mp4", b"\x00\x00\x00\x18ftypmp42")
    movie = version.create_component(path, {"name": "ftrackreview-mp4"}, location=server)
    facts = {"frameIn": 0, "frameOut": 150, "frameRate": 25, "width": 1920, "height": 1080}
    movie["metadata"]["ftr_meta"] = json.dumps(facts)
    session.commit()
    elsewhere = session.create_component(path, {"name": "ftrackreview-webm", "version": version})
    session.commit()

    other = day.session()
    reviewable = 'AssetVersion where components any (name is "ftrackreview-mp4") and id is "{}"'
    [read] = other.query(reviewable.format(version["id"])).all()
    [component] = [one for one in read["components"] if one["name"] == "ftrackreview-mp4"]
    same(json.loads(component["metadata"]["ftr_meta"])["frameOut"], 150)
    same([one["location"]["name"] for one in component["component_locations"]], ["ftrack.server"])
    places = other.get("Component", elsewhere["id"])["component_locations"]
    same([one["location"]["name"] for one in places], ["ftrack.review"])
