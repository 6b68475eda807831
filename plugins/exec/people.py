#!/usr/bin/env python3
"""A sink for Muster's exec connector: keeps people and groups in one JSON file.

An example to copy.  It reads a line, does what it says, and answers with a line; see
muster-exec(5) for the words.  Settings: file=/where/to/keep/them.json
"""
import json
import os
import sys

CAN = ["users", "groups", "update", "rename", "disable", "delete", "stamp", "list", "find",
       "members", "empty-group", "nest", "present", "member-ids"]
ATTRIBUTES = [
    {"name": "userName", "is": ["required", "naming"]},
    {"name": "*", "is": ["many"]},
    {"name": "name", "of": "group", "is": ["required", "naming"]},
    {"name": "*", "of": "group"},
]
NAMING = {"user": "userName", "group": "name"}


def answer(**line):
    sys.stdout.write(json.dumps(line) + "\n")


class Store:
    """What is in the file.  It is on disk before an op is answered."""

    def __init__(self, path):
        self.path = path
        self.last, self.objects = 0, {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                kept = json.load(file)
            self.last, self.objects = kept["last"], kept["objects"]

    def save(self):
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump({"last": self.last, "objects": self.objects}, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        os.rename(self.path + ".new", self.path)

    def named(self, kind, name):
        for key, o in self.objects.items():
            if o["kind"] == kind and o["name"].lower() == name.lower():
                return key
        return None

    def apply(self, op):
        """One op; returns what is to be answered."""
        kind, verb, key = op["kind"], op["verb"], op["object"]
        name = op["set"].get(NAMING[kind])
        if verb == "create":
            other = self.named(kind, name)
            if other is not None:
                if op["stamp"] and self.objects[other]["stamp"] == op["stamp"]:
                    return self.done(other)           # made by an earlier try of this op
                return {"outcome": "duplicate", "text": "'%s' is there already" % name}
            self.last += 1
            key = str(self.last)
            self.objects[key] = {"kind": kind, "name": name, "values": {}, "enabled": op["enabled"],
                                 "stamp": op["stamp"], "members": []}
        elif key not in self.objects:
            return {"outcome": "gone", "text": "there is no object %s" % key}
        if verb == "delete":
            del self.objects[key]
            for o in self.objects.values():
                o["members"] = [m for m in o["members"] if m != key]
            return {"outcome": "done"}
        o = self.objects[key]
        if name is not None and self.named(kind, name) not in (None, key):
            return {"outcome": "duplicate", "text": "'%s' is another's name" % name}
        for attribute, value in op["set"].items():
            if value is None:
                o["values"].pop(attribute, None)
            else:
                o["values"][attribute] = value
        o["name"] = name or o["name"]
        o["stamp"] = op["stamp"] if verb in ("create", "adopt") else o["stamp"]
        if verb in ("enable", "disable"):
            o["enabled"] = verb == "enable"
        for member in op["members"]:
            if member["joins"] and member["object"] not in o["members"]:
                o["members"].append(member["object"])
            elif not member["joins"] and member["object"] in o["members"]:
                o["members"].remove(member["object"])
        return self.done(key)

    def done(self, key):
        return {"outcome": "done", "object": key, "name": self.objects[key]["name"]}

    def tell(self, key):
        o = self.objects[key]
        return {"object": key, "kind": o["kind"], "name": o["name"], "stamp": o["stamp"] or None,
                "values": o["values"], "enabled": o["enabled"], "members": o["members"]}

    def fits(self, key, query):
        o = self.objects[key]
        if o["kind"] != query["kind"]:
            return False
        if "object" in query:
            return key == query["object"]
        if "stamp" in query:
            return o["stamp"] == query["stamp"]
        value = o["values"].get(query["attribute"])
        return str(query["value"]).lower() in [str(v).lower() for v in (value if isinstance(value, list) else [value])]


def main():
    store = None
    for text in sys.stdin:
        line = json.loads(text)
        if "op" in line:
            result = store.apply(line)
            store.save()
            answer(op=line["op"], **result)
        elif line["call"] == "hello":
            if "file" not in line["settings"]:
                answer(id=line["id"], error="configuration", text="the setting file=... is missing")
            else:
                store = Store(line["settings"]["file"])
                answer(id=line["id"], end="complete", protocol=1, can=CAN, attributes=ATTRIBUTES)
        elif line["call"] == "probe":
            answer(id=line["id"], end="complete", identity=os.path.realpath(store.path))
        elif line["call"] == "find":
            for number, query in enumerate(line["queries"]):
                for key in store.objects:
                    if store.fits(key, query):
                        answer(id=line["id"], query=number, **store.tell(key))
                answer(id=line["id"], query=number, done=True)
            answer(id=line["id"], end="complete")
        elif line["call"] == "list":
            for key, o in store.objects.items():
                if o["kind"] == line["kind"]:
                    answer(id=line["id"], **store.tell(key))
            answer(id=line["id"], end="complete")
        else:
            answer(id=line["id"], error="internal", text="the call %s is not known" % line["call"])
        sys.stdout.flush()


main()
