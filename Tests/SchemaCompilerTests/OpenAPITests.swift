// The OpenAPI document: paths of an object, schemas, and what is there whatever the schema.

import Testing

@testable import SchemaCompiler

struct OpenAPITests {
    private func document(_ net: String = SmallSchema.net) throws -> Documents {
        try Documents(OpenAPIBackend(model: SmallSchema.model(net)).files())
    }

    /// References to responses as they stand among those of an operation.
    private func refusals(_ statuses: Int...) -> String {
        statuses.map { "\"\($0)\": {\"$ref\": \"#/components/responses/\($0)\"}" }.joined(separator: ",\n      ")
    }

    /// What answers a change.
    private let changed = #"""
        "200": {
                "description": "Changed; an empty body changes nothing and is answered with one",
                "headers": {"X-Configuration-Revision": {"$ref": "#/components/headers/X-Configuration-Revision"}},
                "content": {
                  "application/json": {
                    "schema": {
                      "type": "object",
                      "required": ["network"],
                      "properties": {"network": {"$ref": "#/components/schemas/object.updated"}}
                    }
                  }
                }
              }
        """#

    @Test func schemasOfAnObject() throws {
        let document = try document()
        #expect(
            document.member("Network.fields", of: "openapi.json") == #"""
                "Network.fields": {
                  "type": "object",
                  "description": "Properties and references of a `network`. Null removes a property; a list of references replaces the stored one.",
                  "properties": {
                    "net_mode": {
                      "anyOf": [{"$ref": "#/components/schemas/Mode"}, {"type": "null"}],
                      "description": "Routed or bridged.",
                      "default": "l3",
                      "x-operations": "CR"
                    },
                    "vlans": {
                      "anyOf": [{"$ref": "#/components/schemas/Vlans"}, {"type": "null"}],
                      "description": "Tags in use.",
                      "x-presence": "required"
                    },
                    "policy_refs": {
                      "type": ["array", "null"],
                      "items": {"$ref": "#/components/schemas/reference.Order"},
                      "description": "Policy in force.",
                      "x-presence": "required"
                    }
                  }
                }
                """#)
        #expect(
            document.member("Policy", of: "openapi.json") == #"""
                "Policy": {
                  "title": "policy",
                  "description": "What may pass.",
                  "allOf": [{"$ref": "#/components/schemas/object.identity"}, {"$ref": "#/components/schemas/object.common"}, {"$ref": "#/components/schemas/Policy.fields"}],
                  "properties": {
                    "network_back_refs": {
                      "type": "array",
                      "items": {"$ref": "#/components/schemas/backReference.Order"},
                      "description": "From `network`: Policy in force."
                    }
                  }
                }
                """#)
        #expect(
            document.member("reference.Order", of: "openapi.json") == #"""
                "reference.Order": {
                  "$ref": "#/components/schemas/object.reference",
                  "properties": {
                    "attr": {
                      "anyOf": [{"$ref": "#/components/schemas/Order"}, {"type": "null"}]
                    }
                  }
                }
                """#)
        #expect(
            document.member("object.common", of: "openapi.json") == #"""
                "object.common": {
                  "type": "object",
                  "description": "Properties that every object has.",
                  "properties": {
                    "display_name": {
                      "type": ["string", "null"],
                      "description": "Label for people."
                    }
                  }
                }
                """#)
    }

    @Test func pathsOfAnObject() throws {
        let document = try document()
        #expect(
            document.member("/network/{uuid}", of: "openapi.json") == #"""
                "/network/{uuid}": {
                  "parameters": [{"$ref": "#/components/parameters/uuid"}],
                  "get": {
                    "operationId": "network_read",
                    "tags": ["net"],
                    "summary": "Read a network",
                    "parameters": [
                      {"$ref": "#/components/parameters/fields"},
                      {"$ref": "#/components/parameters/exclude_back_refs"},
                      {"$ref": "#/components/parameters/exclude_children"},
                      {"$ref": "#/components/parameters/exclude_hrefs"},
                      {"$ref": "#/components/parameters/If-Match"},
                      {"$ref": "#/components/parameters/If-None-Match"}
                    ],
                    "responses": {
                      "200": {
                        "description": "The object",
                        "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
                        "content": {
                          "application/json": {
                            "schema": {
                              "type": "object",
                              "required": ["network"],
                              "properties": {"network": {"$ref": "#/components/schemas/Network"}}
                            }
                          }
                        }
                      },
                      \#(refusals(304, 400, 401, 403, 404, 412, 414, 431, 500, 503))
                    }
                  },
                  "put": {
                    "operationId": "network_update",
                    "tags": ["net"],
                    "summary": "Change a network",
                    "parameters": [
                      {"$ref": "#/components/parameters/If-Match"},
                      {"$ref": "#/components/parameters/If-None-Match"},
                      {"$ref": "#/components/parameters/dry_run"}
                    ],
                    "requestBody": {
                      "content": {
                        "application/json": {
                          "schema": {
                            "type": "object",
                            "required": ["network"],
                            "properties": {
                              "network": {
                                "allOf": [{"$ref": "#/components/schemas/object.changed"}, {"$ref": "#/components/schemas/object.common"}, {"$ref": "#/components/schemas/Network.fields"}]
                              }
                            }
                          }
                        }
                      }
                    },
                    "responses": {
                      \#(changed),
                      \#(refusals(400, 401, 403, 404, 409, 412, 413, 414, 415, 431, 500, 503))
                    }
                  },
                  "patch": {
                    "operationId": "network_merge",
                    "tags": ["net"],
                    "summary": "Change parts of the members of a network",
                    "parameters": [
                      {"$ref": "#/components/parameters/If-Match"},
                      {"$ref": "#/components/parameters/If-None-Match"},
                      {"$ref": "#/components/parameters/dry_run"}
                    ],
                    "requestBody": {
                      "content": {
                        "application/merge-patch+json": {
                          "schema": {
                            "type": "object",
                            "required": ["network"],
                            "properties": {
                              "network": {
                                "$ref": "#/components/schemas/object.changed"
                              }
                            }
                          }
                        }
                      }
                    },
                    "responses": {
                      \#(changed),
                      \#(refusals(400, 401, 403, 404, 409, 412, 413, 414, 415, 431, 500, 503))
                    }
                  },
                  "delete": {
                    "operationId": "network_delete",
                    "tags": ["net"],
                    "summary": "Delete a network",
                    "parameters": [
                      {"$ref": "#/components/parameters/If-Match"},
                      {"$ref": "#/components/parameters/If-None-Match"},
                      {"$ref": "#/components/parameters/dry_run"}
                    ],
                    "responses": {
                      "200": {
                        "description": "Deleted, with the children that the system made; the reply has no content",
                        "headers": {"X-Configuration-Revision": {"$ref": "#/components/headers/X-Configuration-Revision"}}
                      },
                      \#(refusals(400, 401, 403, 404, 409, 412, 413, 414, 431, 500, 503))
                    }
                  }
                }
                """#)
        let collection = document.member("/networks", of: "openapi.json")
        #expect(collection.contains(#""operationId": "networks_list""#))
        #expect(collection.contains(#""parent_type": {"enum": ["project", null]}"#))
        #expect(collection.contains(#""read": {"operationId": "network_read", "parameters": {"uuid": "$response.body#/network/uuid"}}"#))
        #expect(document.member("/policys", of: "openapi.json").contains(#""parent_type": {"enum": ["config-root", null]}"#))
    }

    @Test func severalParentsMustBeChosenFrom() throws {
        let net = SmallSchema.net.replacing(
            "<t:reference from=\"project\" to=\"network\" kind=\"has\"/>",
            with: "<t:reference from=\"project\" to=\"network\" kind=\"has\"/></xs:appinfo></xs:annotation></xs:element>"
                + "<xs:element name=\"policy-network\"><xs:annotation><xs:documentation>Of a policy.</xs:documentation>"
                + "<xs:appinfo><t:reference from=\"policy\" to=\"network\" kind=\"has\"/>")
        let collection = try document(net).member("/networks", of: "openapi.json")
        #expect(collection.contains(#""parent_type": {"enum": ["project", "policy"]}"#))
        #expect(collection.contains(#""required": ["parent_type"]"#))
    }

    @Test func elementsOfListsAreNamed() throws {
        let update = try document().member("/prop-collection-update", of: "openapi.json")
        #expect(update.contains(#""enum": ["vlans"]"#))
    }

    @Test func tagsAreSchemaFilesWithObjects() throws {
        let text = try document()["openapi.json"]
        #expect(text.contains("\"name\": \"net\",\n      \"description\": \"Networks. A `network` connects ports.\""))
        #expect(!text.contains("\"name\": \"common\""))
    }

    /// Actions on the addresses of a network belong to a schema that has virtual networks.
    @Test func actionsFitTheSchema() throws {
        let text = try document()["openapi.json"]
        #expect(text.contains("\"/fqname-to-id\""))
        #expect(!text.contains("ip-alloc"))
        let renamed = SmallSchema.net.replacing("\"network\"", with: "\"virtual-network\"")
        #expect(try document(renamed)["openapi.json"].contains("\"/virtual-network/{uuid}/ip-alloc\""))
    }

    @Test func draftsAreAnsweredWithAStatusOfTheirOwn() throws {
        let net = SmallSchema.net.replacing("\"net-mode\"", with: "\"draft-mode-state\"")
        #expect(try document(net).member("/network/{uuid}", of: "openapi.json").contains(#""202": {"#))
        #expect(try !document().member("/network/{uuid}", of: "openapi.json").contains(#""202": {"#))
    }

    @Test func sameSchemaSameBytes() throws { #expect(try document().files == document().files) }
}
