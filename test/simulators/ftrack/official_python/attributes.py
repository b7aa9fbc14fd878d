"""Custom attributes of each kind, links of them, and metadata."""

import json

import arrow
import ftrack_api
from steps import refused, same, step

VALUES = {
    "code": "NF_0010",
    "takes": 3,
    "speed": 23.976,
    "hero": True,
    "page": "https://wiki.studio.example/nachtflug?shot=sh010#cut",
    "length": "{self.takes} + 1",
    "weather": ["fog"],
    "tools": ["nuke", "maya"],
    "source": ["plate_07"],
    "lens": "50 mm",
}


def configuration(session, key):
    return session.query('CustomAttributeConfiguration where key is "{}"'.format(key)).one()


@step("sets a custom attribute of every type, and another session reads the same values")
def every_type(day):
    same(day.shot["custom_attributes"]["takes"], 1)
    same(day.shot["custom_attributes"]["hero"], False)
    same(day.shot["custom_attributes"]["length"], "{self.takes} * 2")
    shot_on = arrow.get("2026-04-01")
    for key, value in VALUES.items():
        day.shot["custom_attributes"][key] = value
    day.shot["custom_attributes"]["shot_on"] = shot_on
    day.ada.commit()

    read = (
        day.session()
        .query('select custom_attributes from Shot where id is "{}"'.format(day.shot["id"]))
        .one()
    )
    values = read["custom_attributes"]
    same({key: values[key] for key in VALUES}, VALUES)
    same(arrow.get(values["shot_on"]).date(), shot_on.date())
    assert "budget" not in values.keys(), values.keys()
    with refused(KeyError, "must be created explicitly"):
        day.shot["custom_attributes"]["nonsense"] = 1


@step("tells stored values from defaults in raw rows, and inherits none in hierarchical ones")
def raw_rows(day):
    session = day.session()
    lens = configuration(session, "lens")
    same(lens["is_hierarchical"], True)
    rows = 'CustomAttributeValue where configuration_id is "{}" and entity_id in ({})'.format(
        lens["id"], ", ".join([day.project["id"], day.sequence["id"], day.shot["id"], day.task["id"]])
    )
    same([(one["entity_id"], one["value"]) for one in session.query(rows)], [(day.shot["id"], "50 mm")])
    task = session.query('select custom_attributes from Task where id is "{}"'.format(day.task["id"])).one()
    same(task["custom_attributes"]["lens"], "35 mm")
    session.create(
        "CustomAttributeValue",
        {"configuration_id": lens["id"], "entity_id": day.project["id"], "value": "75 mm"},
    )
    session.commit()
    project = day.session().get("Project", day.project["id"])
    same(project["custom_attributes"]["lens"], "75 mm")
    for one in session.query(rows).all():
        session.delete(one)
    session.commit()
    same(session.query(rows).all(), [])
    shot = day.session().get("Shot", day.shot["id"])
    same(shot["custom_attributes"]["lens"], "35 mm")
    found = session.query('Shot where custom_attributes any (key is "code" and value is "NF_0010")').all()
    same([one["id"] for one in found], [day.shot["id"]])


@step("sets custom attributes while creating, on projects, versions, assets, lists and users too")
def other_entities(day):
    session = day.session()
    sequence = session.get("Sequence", day.sequence["id"])
    shot = session.create(
        "Shot",
        {"name": "sh500", "parent": sequence, "custom_attributes": {"code": "NF_0500", "weather": ["sun"]}},
    )
    session.commit()
    values = day.session().get("Shot", shot["id"])["custom_attributes"]
    same((values["code"], values["weather"], values["takes"]), ("NF_0500", ["sun"], 1))
    asset_type = session.query('AssetType where name is "Geometry"').one()
    asset = session.create("Asset", {"name": "set", "parent": shot, "type": asset_type})
    version = session.create("AssetVersion", {"asset": asset})
    category = session.query("ListCategory").first()
    project = session.get("Project", day.project["id"])
    a_list = session.create(
        "TypedContextList", {"name": "Mit Codes", "project": project, "category": category}
    )
    session.commit()
    holders = [
        (project, "budget", 125000.5),
        (asset, "vendor", "Müller & Söhne"),
        (asset, "lens", "18 mm"),
        (version, "lens", "21 mm"),
        (version, "codec", "prores"),
        (a_list, "stage", 2),
        (session.query('User where username is "bob"').one(), "phone", "+49 30 1234"),
    ]
    for entity, key, value in holders:
        entity["custom_attributes"][key] = value
    session.commit()
    other = day.session()
    for entity, key, value in holders:
        same(other.get(entity.entity_type, entity["id"])["custom_attributes"][key], value)
    session.delete(shot)
    session.delete(a_list)
    session.commit()


@step("refuses values of a wrong type, and keeps nothing of that commit")
def wrong_types(day):
    for key, value in [("takes", "many"), ("hero", "yes"), ("weather", ["rain"]), ("shot_on", "someday")]:
        with refused(ftrack_api.exception.ServerError, "ValidationError"):
            day.shot["description"] = "Never stored"
            day.shot["custom_attributes"][key] = value
            day.ada.commit()
        day.ada.rollback()
    read = day.session().get("Shot", day.shot["id"])
    same((read["description"], read["custom_attributes"]["takes"]), ("", 3))


@step("makes a custom attribute of its own, and links entities with another one")
def configurations_and_links(day):
    session = day.session()
    kind = session.query('CustomAttributeType where name is "number"').one()
    group = session.ensure("CustomAttributeGroup", {"name": "Kamera"})
    session.create(
        "CustomAttributeConfiguration",
        {
            "key": "shutter",
            "label": "Shutter angle",
            "type": kind,
            "entity_type": "task",
            "object_type": session.query('ObjectType where name is "Shot"').one(),
            "project_id": day.project["id"],
            "default": 180,
            "config": json.dumps({"isdecimal": True}),
            "group": group,
        },
    )
    works_on = session.create(
        "CustomAttributeLinkConfiguration",
        {
            "key": "works_on",
            "label": "Works on",
            "entity_type": "task",
            "object_type": session.query('ObjectType where name is "Shot"').one(),
            "entity_type_to": "user",
            "one_to_one": False,
            "config": "{}",
        },
    )
    session.commit()
    bob = session.query('User where username is "bob"').one()
    link = session.create(
        "CustomAttributeLink",
        {"configuration_id": works_on["id"], "from_id": day.shot["id"], "to_id": bob["id"]},
    )
    session.commit()

    other = day.session()
    shot = other.get("Shot", day.shot["id"])
    same(shot["custom_attributes"]["shutter"], 180)
    shot["custom_attributes"]["shutter"] = 172.8
    other.commit()
    same(day.session().get("Shot", day.shot["id"])["custom_attributes"]["shutter"], 172.8)
    there = other.query('Shot where project.name is "leuchtturm"').first()
    assert "shutter" not in there["custom_attributes"].keys()
    linked = 'Shot where custom_attribute_links any (user.username is "bob")'
    same([one["id"] for one in other.query(linked)], [day.shot["id"]])
    back = 'User where custom_attribute_links_from any (from_id is "{}")'.format(day.shot["id"])
    same([one["username"] for one in other.query(back)], ["bob"])
    session.delete(link)
    session.commit()
    same(other.query("CustomAttributeLink where to_id is {}".format(bob["id"])).all(), [])


@step("keeps metadata: set, changed, removed, and given while creating")
def metadata(day):
    session = day.ada
    day.shot["metadata"]["source"] = "edit 7"
    day.shot["metadata"]["Büro"] = "Köln"
    session.commit()
    day.shot["metadata"]["source"] = "edit 8"
    del day.shot["metadata"]["Büro"]
    session.commit()
    other = day.session()
    same(dict(other.get("Shot", day.shot["id"])["metadata"]), {"source": "edit 8"})
    shot = other.create(
        "Shot",
        {
            "name": "sh600",
            "parent": other.get("Sequence", day.sequence["id"]),
            "metadata": {"a": "1", "b": "2"},
        },
    )
    other.commit()
    same(dict(session.get("Shot", shot["id"])["metadata"]), {"a": "1", "b": "2"})
    rows = session.query('Metadata where parent_id is "{}" and key is "a"'.format(shot["id"])).all()
    same([(one["value"], one["parent_type"]) for one in rows], [("1", "Shot")])
    shot["metadata"] = {"b": "3"}
    other.commit()
    same(dict(day.session().get("Shot", shot["id"])["metadata"]), {"b": "3"})
    other.delete(shot)
    other.commit()
    same(session.query('Metadata where parent_id is "{}"'.format(shot["id"])).all(), [])
