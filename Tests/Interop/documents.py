"""Checks the OpenAPI document, the JSON Schemas and the manual that schemac made, with validators that are not ours.

The folder that DOCUMENTS names holds openapi/, json-schema/ and manual/. Tests/Suites/documents makes them and runs this.
"""

import ast
import json
import os
import pathlib
import random
import re
import unittest

import jsonschema
import openapi_spec_validator
import referencing

FOLDER = pathlib.Path(os.environ["DOCUMENTS"])
OPENAPI = json.loads((FOLDER / "openapi/openapi.json").read_text(encoding="utf-8"))
SCHEMAS = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted((FOLDER / "json-schema").glob("*.json"))}
PAGES = {path.relative_to(FOLDER / "manual").as_posix(): path.read_text(encoding="utf-8") for path in sorted((FOLDER / "manual").rglob("*.md"))}
METHODS = ("get", "put", "post", "delete", "patch")


def walk(value):
    """Every JSON value inside, the outermost first."""
    yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from walk(child)


def registry():
    resources = [referencing.Resource.from_contents(schema) for schema in SCHEMAS.values()]
    return referencing.Registry().with_resources((resource.id(), resource) for resource in resources)


REGISTRY = registry()


def validator(file):
    return jsonschema.Draft202012Validator(SCHEMAS[file], registry=REGISTRY)


def openapi_validator(schema):
    """For a schema inside the OpenAPI document, whose references point into its components."""
    document = {"$id": "urn:openapi", "components": OPENAPI["components"]}
    store = referencing.Registry().with_resource(
        "urn:openapi", referencing.Resource.from_contents(document, default_specification=referencing.jsonschema.DRAFT202012)
    )
    absolute = json.loads(json.dumps(schema).replace('"#/components', '"urn:openapi#/components'))
    return jsonschema.Draft202012Validator(absolute, registry=store)


def request_schema(path, method):
    return OPENAPI["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]


def examples():
    """The first JSON block of each object's page: (object, value, page)."""
    for page, text in PAGES.items():
        found = re.search(r"^## Example\n.*?```json\n(.*?)```", text, re.S | re.M)
        if found:
            value = json.loads(found[1])
            (name,) = value
            yield name, value, page


class OpenAPI(unittest.TestCase):
    def test_is_valid(self):
        openapi_spec_validator.validate(OPENAPI)

    def test_references_resolve(self):
        for value in walk(OPENAPI):
            if isinstance(value, dict) and isinstance(value.get("$ref"), str):
                target = OPENAPI
                for part in value["$ref"].removeprefix("#/").split("/"):
                    self.assertIn(part, target, value["$ref"])
                    target = target[part]

    def test_operations_are_named_once_and_tagged(self):
        seen = set()
        tags = {tag["name"] for tag in OPENAPI["tags"]}
        for path, item in OPENAPI["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = item[method]
                    self.assertNotIn(operation["operationId"], seen)
                    seen.add(operation["operationId"])
                    self.assertLessEqual(set(operation["tags"]), tags, path)
                    # What this server does not have says so in every case.
                    is_there = not operation.get("deprecated")
                    self.assertEqual(any(status.startswith("2") for status in operation["responses"]), is_there, path)
                    self.assertTrue(is_there or "501" in operation["responses"], path)
        operations = [item[method] for item in OPENAPI["paths"].values() for method in METHODS if method in item]
        links = [link for operation in operations for reply in operation["responses"].values() for link in reply.get("links", {}).values()]
        self.assertGreater(len(links), 300)
        for link in links:
            self.assertIn(link["operationId"], seen)

    def test_components_are_used(self):
        used = {value["$ref"] for value in walk(OPENAPI) if isinstance(value, dict) and "$ref" in value}
        for kind in ("parameters", "responses", "headers"):
            for name in OPENAPI["components"][kind]:
                if (kind, name) != ("headers", "Allow"):
                    self.assertIn(f"#/components/{kind}/{name}", used)

    def test_every_object_has_its_paths(self):
        for name in (page.rsplit("/", 1)[1].removesuffix(".md") for page in PAGES if "/" in page):
            self.assertIn(f"/{name}s", OPENAPI["paths"])
            self.assertIn(f"/{name}/{{uuid}}", OPENAPI["paths"])

    def test_examples_are_valid_requests(self):
        for name, value, page in examples():
            is_new = "fq_name" in value[name]
            path, method = (f"/{name}s", "post") if is_new else (f"/{name}/{{uuid}}", "put")
            with self.subTest(page):
                openapi_validator(request_schema(path, method)).validate(value)

    def test_requests_are_checked(self):
        schema = openapi_validator(request_schema("/virtual-networks", "post"))
        name = {"fq_name": ["default-domain", "default-project", "blue"]}

        def accepts(**members):
            return schema.is_valid({"virtual-network": {**name, **members}})

        self.assertTrue(accepts())
        self.assertTrue(accepts(mtu=1500) and accepts(mtu="1500") and accepts(mtu=None) and accepts(mtu=0))
        self.assertFalse(accepts(mtu=9217) or accepts(mtu="9217") or accepts(mtu=1500.5) or accepts(mtu="0x10") or accepts(mtu=True))
        self.assertTrue(accepts(is_shared=True) and not accepts(is_shared="true"))
        self.assertTrue(accepts(virtual_network_category="") and not accepts(virtual_network_category="Tenant"))
        self.assertTrue(accepts(parent_type="project") and not accepts(parent_type="domain"))
        self.assertFalse(accepts(virtual_network_properties={"forwarding-mode": "l2"}))
        self.assertTrue(accepts(network_ipam_refs=[{"to": ["a", "b"], "attr": None}]) and not accepts(network_ipam_refs=[{"attr": None}]))
        self.assertFalse(schema.is_valid({"virtual-network": {}}) or schema.is_valid({}))


class JSONSchema(unittest.TestCase):
    def test_are_valid(self):
        for file, schema in SCHEMAS.items():
            with self.subTest(file):
                jsonschema.Draft202012Validator.check_schema(schema)
                self.assertTrue(schema["$id"].endswith("/" + file))

    def test_references_resolve(self):
        for file, schema in SCHEMAS.items():
            resolver = REGISTRY.resolver(schema["$id"])
            for value in walk(schema):
                if isinstance(value, dict) and isinstance(value.get("$ref"), str):
                    resolver.lookup(value["$ref"])

    def test_examples_are_valid(self):
        count = 0
        for name, value, page in examples():
            with self.subTest(page):
                validator(page.split("/")[0] + ".schema.json").validate(value)
                validator("index.schema.json").validate(value)
                count += 1
        self.assertGreater(count, 100)

    def test_mistakes_are_found(self):
        check = validator("network.schema.json")
        self.assertTrue(check.is_valid({"virtual-network": {"mtu": 1500}}))
        for wrong in (
            {"virtual-network": {"mtus": 1500}},
            {"virtual-network": {"mtu": "many"}},
            {"virtual-network": {"parent_type": "domain"}},
            {"virtual-network": {"network_ipam_refs": [{"to": ["a"], "attr": {"subnet": []}}]}},
            {"virtual-network": {"network_ipam_refs": [{}]}},
            {"virtual-networks": []},
            {},
        ):
            self.assertFalse(check.is_valid(wrong), wrong)

    def test_replies_are_valid(self):
        """An object as a server shows it: identity, null data, children, back references."""
        validator("network.schema.json").validate(
            {
                "virtual-network": {
                    "uuid": "7a1f3c52-3b0e-4a7b-8a58-0c4e3f2d9b61",
                    "name": "blue",
                    "fq_name": ["default-domain", "admin", "blue"],
                    "parent_type": "project",
                    "parent_uuid": "7a1f3c52-3b0e-4a7b-8a58-0c4e3f2d9b62",
                    "parent_href": "http://localhost:8082/project/7a1f3c52-3b0e-4a7b-8a58-0c4e3f2d9b62",
                    "href": "http://localhost:8082/virtual-network/7a1f3c52-3b0e-4a7b-8a58-0c4e3f2d9b61",
                    "id_perms": {"enable": True, "created": "2025-01-31T12:00:00.000000", "uuid": {"uuid_mslong": 2**64 - 1, "uuid_lslong": 0}},
                    "tag_refs": [{"to": ["label=x"], "uuid": "7a1f3c52-3b0e-4a7b-8a58-0c4e3f2d9b63", "href": "http://localhost:8082/tag/1", "attr": None}],
                    "routing_instances": [{"to": ["default-domain", "admin", "blue", "blue"], "uuid": "7a1f3c52-3b0e-4a7b-8a58-0c4e3f2d9b64", "href": "http://h"}],
                    "instance_ip_back_refs": [{"to": ["x"], "uuid": "7a1f3c52-3b0e-4a7b-8a58-0c4e3f2d9b65", "href": "http://h", "attr": None}],
                }
            }
        )

    def test_patterns_of_numbers_agree_with_their_bounds(self):
        """A number that may come as text is held to the same bounds in both forms."""
        source = random.Random(1)
        rules = {
            (rule["minimum"], rule["maximum"], rule["pattern"])
            for schema in SCHEMAS.values()
            for rule in walk(schema)
            if isinstance(rule, dict) and {"minimum", "maximum", "pattern"} <= rule.keys() and rule.get("format") not in ("int64", "uint64")
        }
        self.assertGreater(len(rules), 10)
        for low, high, pattern in rules:
            near = {bound + step for bound in (low, high, 0) for step in range(-20, 21)}
            powers = {sign * 10**power + step for power in range(12) for step in (-1, 0, 1) for sign in (1, -1)}
            for number in near | powers | {source.randint(low, high) for _ in range(200)}:
                is_allowed = number == 0 or low <= number <= high
                self.assertEqual(bool(re.search(pattern, str(number))), is_allowed, (number, low, high, pattern))


def anchors(text):
    """The fragments of a page's headings, as GitHub makes them."""
    found, counts = set(), {}
    for heading in re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M), re.M):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.replace("`", ""))
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        count = counts.get(slug, 0)
        counts[slug] = count + 1
        found.add(slug if count == 0 else f"{slug}-{count}")
    return found


def without_blocks(text):
    return re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)


def links(text):
    """The targets of a page's links; what looks like one inside code is none."""
    prose = re.sub(r"`[^`\n]*`", "``", without_blocks(text))
    return re.findall(r"\]\(([^)\s]+)\)", prose)


class Manual(unittest.TestCase):
    def test_links_resolve(self):
        places = {page: anchors(text) for page, text in PAGES.items()}
        count = 0
        for page, text in PAGES.items():
            for target in links(text):
                path, _, fragment = target.partition("#")
                resolved = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
                with self.subTest(page=page, target=target):
                    # Not assertIn, whose message would print the whole manual.
                    self.assertTrue(resolved in PAGES, resolved)
                    if fragment and resolved in PAGES:
                        self.assertTrue(fragment in places[resolved], fragment)
                count += 1
        self.assertGreater(count, 1000)

    def test_every_page_can_be_reached(self):
        reached, rest = set(), ["README.md"]
        while rest:
            page = rest.pop()
            if page in reached:
                continue
            reached.add(page)
            for target in links(PAGES[page]):
                path = target.partition("#")[0]
                if path:
                    rest.append(os.path.normpath(os.path.join(os.path.dirname(page), path)))
        self.assertEqual(set(PAGES) - reached, set())

    def test_tables_are_whole(self):
        for page, text in PAGES.items():
            width = None
            for number, line in enumerate(without_blocks(text).split("\n"), 1):
                if not line.startswith("|"):
                    width = None
                    continue
                cells = len(re.findall(r"(?<!\\)\|", line))
                width = width or cells
                self.assertEqual(cells, width, f"{page}: {line}")

    def test_python_is_python(self):
        for page, text in PAGES.items():
            for code in re.findall(r"```python\n(.*?)```", text, re.S):
                with self.subTest(page):
                    ast.parse(code)
                    self.assertLessEqual(max(map(len, code.split("\n"))), 110)

    def test_says_nothing_about_its_maker(self):
        for page, text in PAGES.items():
            self.assertFalse(re.search(r"/(work|tmp|home|root)/", text), page)


if __name__ == "__main__":
    unittest.main(verbosity=1)
