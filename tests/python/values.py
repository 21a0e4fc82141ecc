"""Values as tagged JSON: the form in which Python and Node tell each other values without losing their types.

A value is a list of a tag and its content:

    ["null"]  ["bool", true]  ["int", "-5"]  ["float", "7ff8000000000000"]  ["str", "x"]  ["bytes", "00ff"]
    ["list", [value, ...]]  ["map", [[key, value], ...]]  ["ordered-map", ...]  ["geojson", "{...}"]  ["hll", "00ff"]

Integers are decimal text, since JSON numbers end at 2^53; floats are their eight bytes in hexadecimal, so that NaN and
-0.0 survive; entries of a map are sorted, so that equal maps have equal forms.
"""

import json
import struct

import aerospike
from aerospike_helpers import HyperLogLog


def tagged(value):
    """The tagged form of a value; also what makes two values equal in a check."""
    for kind, form in _FORMS:
        if isinstance(value, kind):
            return form(value)
    return ["other", repr(value)]


def untagged(form):
    """The value of a tagged form."""
    tag, content = form[0], form[1] if len(form) > 1 else None
    return _VALUES[tag](content)


def _float_hex(number):
    return struct.pack(">d", number).hex()


def _entries(mapping):
    return sorted(([tagged(key), tagged(value)] for key, value in mapping.items()), key=json.dumps)


_FORMS = (
    (type(None), lambda _: ["null"]),
    (bool, lambda value: ["bool", value]),
    (int, lambda value: ["int", str(value)]),
    (float, lambda value: ["float", _float_hex(value)]),
    (str, lambda value: ["str", value]),
    (HyperLogLog, lambda value: ["hll", bytes(value).hex()]),
    ((bytes, bytearray), lambda value: ["bytes", bytes(value).hex()]),
    (list, lambda value: ["list", [tagged(item) for item in value]]),
    (tuple, lambda value: ["tuple", [tagged(item) for item in value]]),
    (set, lambda value: ["set", sorted((tagged(item) for item in value), key=json.dumps)]),
    (aerospike.KeyOrderedDict, lambda value: ["ordered-map", _entries(value)]),
    (dict, lambda value: ["map", _entries(value)]),
    (aerospike.GeoJSON, lambda value: ["geojson", json.dumps(value.unwrap(), sort_keys=True)]),
)

_VALUES = {
    "null": lambda _: None,
    "bool": bool,
    "int": int,
    "float": lambda content: struct.unpack(">d", bytes.fromhex(content))[0],
    "str": str,
    "bytes": bytes.fromhex,
    "hll": lambda content: HyperLogLog(bytes.fromhex(content)),
    "list": lambda content: [untagged(item) for item in content],
    "map": lambda content: {untagged(key): untagged(value) for key, value in content},
    "ordered-map": lambda content: aerospike.KeyOrderedDict({untagged(k): untagged(v) for k, v in content}),
    "geojson": lambda content: aerospike.GeoJSON(json.loads(content)),
}
