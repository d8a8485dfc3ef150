// One document for a schema file: its types, its objects, and a root that accepts one object in its envelope.

import Testing

@testable import SchemaCompiler

struct JSONSchemaTests {
    @Test func documentOfAFile() throws {
        let documents = try Documents(JSONSchemaBackend(model: SmallSchema.model()).files())
        #expect(documents.files.keys.sorted() == ["common.schema.json", "index.schema.json", "net.schema.json"])
        // An undocumented schema file, as common.xsd is, has no description.
        #expect(documents["common.schema.json"].contains("\"title\": \"common\",\n  \"$defs\""))
        #expect(
            documents["net.schema.json"] == #"""
                {
                  "$schema": "https://json-schema.org/draft/2020-12/schema",
                  "$id": "https://tungsten.invalid/schema/net.schema.json",
                  "title": "net",
                  "description": "Networks. A `network` connects ports.",
                  "type": "object",
                  "minProperties": 1,
                  "maxProperties": 1,
                  "properties": {
                    "project": {"$ref": "#/$defs/Project"},
                    "network": {"$ref": "#/$defs/Network"},
                    "policy": {"$ref": "#/$defs/Policy"}
                  },
                  "additionalProperties": false,
                  "$defs": {
                    "Mode": {
                      "type": "string",
                      "enum": ["l2", "l3", ""],
                      "description": "How frames are forwarded.\n\n- `l2`: By MAC address."
                    },
                    "Vlans": {
                      "type": "object",
                      "description": "Some VLANs.",
                      "properties": {
                        "vlan_id": {
                          "type": ["array", "null"],
                          "items": {"$ref": "common.schema.json#/$defs/VlanId"},
                          "description": "One tag."
                        }
                      },
                      "additionalProperties": false
                    },
                    "Order": {
                      "type": "object",
                      "description": "Place among policies.",
                      "properties": {
                        "major": {
                          "anyOf": [{"$ref": "index.schema.json#/$defs/xs.integer"}, {"type": "null"}],
                          "description": "Compared first."
                        },
                        "is_last": {
                          "type": ["boolean", "null"],
                          "description": "Nothing follows `major` | order.",
                          "default": false
                        }
                      },
                      "additionalProperties": false
                    },
                    "Project": {
                      "title": "project",
                      "description": "Owner of networks.",
                      "$ref": "index.schema.json#/$defs/object.base",
                      "properties": {
                        "networks": {
                          "type": ["array", "null"],
                          "items": {"$ref": "index.schema.json#/$defs/object.relative"},
                          "description": "Network of the project."
                        }
                      },
                      "unevaluatedProperties": false
                    },
                    "Network": {
                      "title": "network",
                      "description": "Ports that reach each other. Its `net-mode` and any `policy` say how; a * is no list.",
                      "$ref": "index.schema.json#/$defs/object.base",
                      "properties": {
                        "parent_type": {"enum": ["project"]},
                        "net_mode": {
                          "anyOf": [{"$ref": "#/$defs/Mode"}, {"type": "null"}],
                          "description": "Routed or bridged.",
                          "default": "l3",
                          "x-operations": "CR"
                        },
                        "vlans": {
                          "anyOf": [{"$ref": "#/$defs/Vlans"}, {"type": "null"}],
                          "description": "Tags in use.",
                          "x-presence": "required"
                        },
                        "policy_refs": {
                          "type": ["array", "null"],
                          "items": {"$ref": "index.schema.json#/$defs/object.reference", "properties": {"attr": {"anyOf": [{"$ref": "#/$defs/Order"}, {"type": "null"}]}}},
                          "description": "Policy in force.",
                          "x-presence": "required"
                        }
                      },
                      "unevaluatedProperties": false
                    },
                    "Policy": {
                      "title": "policy",
                      "description": "What may pass.",
                      "$ref": "index.schema.json#/$defs/object.base",
                      "properties": {
                        "network_back_refs": {
                          "type": ["array", "null"],
                          "items": {"$ref": "index.schema.json#/$defs/object.relative", "properties": {"attr": {"anyOf": [{"$ref": "#/$defs/Order"}, {"type": "null"}]}}},
                          "description": "From `network`: Policy in force."
                        }
                      },
                      "unevaluatedProperties": false
                    }
                  }
                }

                """#)
    }

    @Test func indexAcceptsEveryObject() throws {
        let documents = try Documents(JSONSchemaBackend(model: SmallSchema.model()).files())
        #expect(
            documents.member("properties", of: "index.schema.json") == #"""
                "properties": {
                  "network": {"$ref": "net.schema.json#/$defs/Network"},
                  "policy": {"$ref": "net.schema.json#/$defs/Policy"},
                  "project": {"$ref": "net.schema.json#/$defs/Project"}
                }
                """#)
        #expect(
            documents.member("display_name", of: "index.schema.json") == #"""
                "display_name": {
                  "type": ["string", "null"],
                  "description": "Label for people."
                }
                """#)
    }

    /// Declarations of simple types, and the rule that each becomes.
    @Test(arguments: [
        (
            #"<xs:simpleType name="T"><xs:restriction base="xs:string"><xs:pattern value="[a-z]\d"/></xs:restriction></xs:simpleType>"#,
            ##"{"type": "string", "pattern": "^(?:[a-z][0-9])?$"}"##
        ),
        (
            #"<xs:simpleType name="T"><xs:restriction base="xs:string"><xs:minLength value="2"/><xs:maxLength value="9"/></xs:restriction></xs:simpleType>"#,
            #"{"type": "string", "anyOf": [{"minLength": 2}, {"const": ""}], "maxLength": 9}"#
        ),
        (
            #"<xs:simpleType name="T"><xs:restriction base="xs:integer"><xs:minInclusive value="-1"/><xs:maxInclusive value="5"/></xs:restriction></xs:simpleType>"#,
            #"{"type": ["integer", "string"], "minimum": -1, "maximum": 5, "pattern": "^(?:[-+]?0+|\\+?0*[1-5]|-0*1)$"}"#
        ),
        (
            #"<xs:simpleType name="T"><xs:union memberTypes="xs:unsignedInt"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="0x[0-9a-f]+"/></xs:restriction></xs:simpleType></xs:union></xs:simpleType>"#,
            #"{"type": ["integer", "string"], "minimum": 0, "pattern": "^(?:(?:0x[0-9a-f]+)|(?:[0-9]+))?$"}"#
        ),
        (
            #"<xs:simpleType name="T"><xs:restriction base="xs:string"><xs:enumeration value="&lt;&gt;"/><xs:enumeration value="a &quot;b&quot;"/></xs:restriction></xs:simpleType>"#,
            #"{"type": "string", "enum": ["<>", "a \"b\"", ""]}"#
        ),
    ])
    func simpleTypes(declaration: String, expected: String) throws {
        let documents = try Documents(JSONSchemaBackend(model: SmallSchema.types(declaration)).files())
        let lines = documents.member("T", of: "net.schema.json").split(separator: "\n").map { $0.drop { $0 == " " } }
        // On one line, for reading here.
        let text = lines.joined(separator: " ").replacing("{ ", with: "{").replacing(" }", with: "}").replacing("[ ", with: "[").replacing(
            " ]", with: "]")
        #expect(text == "\"T\": " + expected)
    }

    @Test func sameSchemaSameBytes() throws {
        let first = try Documents(JSONSchemaBackend(model: SmallSchema.model()).files())
        let second = try Documents(JSONSchemaBackend(model: SmallSchema.model()).files())
        #expect(first.files == second.files)
    }
}
