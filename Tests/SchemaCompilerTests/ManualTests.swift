// The manual: a page as it is read, and where things stand when several pages could hold them.

import Testing

@testable import SchemaCompiler

struct ManualTests {
    private func manual(_ net: String = SmallSchema.net) throws -> Documents {
        try Documents(ManualBackend(model: SmallSchema.model(net)).files())
    }

    @Test func pageOfAnObject() throws {
        let manual = try manual()
        #expect(
            manual.files.keys.sorted() == [
                "README.md", "common.md", "every-object.md", "names.md", "net.md", "net/network.md", "net/policy.md", "net/project.md",
                "tree.md",
                "using-the-api.md",
            ])
        #expect(
            manual["net/network.md"] == #"""
                [Manual](../README.md) › [Net](../net.md) › network

                # network

                Ports that reach each other. Its [`net_mode`](#net_mode) and any [`policy`](policy.md) say how; a \* is no list.

                |  |  |
                | --- | --- |
                | Lives in | [project](project.md) |
                | REST | `/networks` to list and create; `/network/{uuid}` to read, update and delete ([how](../using-the-api.md)) |
                | Python | `vnc_api.Network`; `network_create`, `network_read`, `network_update`, `network_delete`, `networks_list` of `VncApi` |
                | Swift | `Network`; `client.networks` |
                | Schema | `net.xsd:7` |

                ## Example

                To make one:

                ```json
                {
                  "network": {
                    "fq_name": ["default-project", "network-1"],
                    "parent_type": "project",
                    "vlans": {"vlan_id": [100]},
                    "net_mode": "l3",
                    "policy_refs": [{"to": ["policy-1"], "attr": {"major": 1}}]
                  }
                }
                ```

                As `network.json`, with `curl`:

                ```sh
                curl -H 'Content-Type: application/json' -d @network.json http://localhost:8082/networks
                curl 'http://localhost:8082/networks?detail=true'
                ```

                The same in Python:

                ```python
                from vnc_api import vnc_api

                vnc = vnc_api.VncApi(api_server_host="localhost")
                project = vnc.project_read(fq_name=["default-project"])
                network = vnc_api.Network(
                    "network-1",
                    parent_obj=project,
                    vlans=vnc_api.Vlans(vlan_id=[100]),
                    net_mode="l3",
                )
                network.add_policy(vnc.policy_read(fq_name=["policy-1"]), vnc_api.Order(major=1))
                vnc.network_create(network)
                ```

                and in Swift:

                ```swift
                var network = Network()
                network.identity = ObjectIdentity(["default-project", "network-1"], parentType: "project")
                network.vlans = Vlans(vlanId: [100])
                network.netMode = .l3
                network.policyRefs = [Reference(to: ["policy-1"], data: Order(major: 1))]
                let made = try await client.networks.create(network)
                ```

                ## Properties

                Besides those of [every object](../every-object.md).

                ### `net_mode`

                [Mode](#mode) · default `l3` · optional · set once · `net.xsd:25`

                Routed or bridged.

                ### `vlans`

                list in [Vlans](#vlans-1) · required · `net.xsd:31`

                Tags in use.

                Elements of `vlan_id` can be [changed one by one](../using-the-api.md#elements-of-lists-and-maps), by position.

                ## References

                ### `policy_refs`

                to [policy](policy.md) · carries [Order](#order) · required · link `network-policy` · `net.xsd:19`

                Policy in force.

                ## Types

                Types that only `network` uses.

                ### Mode

                How frames are forwarded.

                | Value | Meaning |
                | --- | --- |
                | `l2` | By MAC address. |
                | `l3` |  |

                `net.xsd:56` · Swift `Mode`

                ### Vlans

                Some VLANs.

                | Member | Type | Meaning |
                | --- | --- | --- |
                | `vlan_id` | list of [VlanId](#vlanid), integer, 1–4094 | One tag. |

                `net.xsd:37` · Python `vnc_api.Vlans` · Swift `Vlans`

                ### VlanId

                VLAN (IEEE 802.1Q).

                Integer, 1–4094.

                `common.xsd:8`

                ### Order

                Place among policies.

                | Member | Type | Meaning |
                | --- | --- | --- |
                | `major` | integer | *Required.* Compared first. |
                | `is_last` | boolean; default `false` | Nothing follows `major` \| order. |

                `net.xsd:45` · Python `vnc_api.Order` · Swift `Order`

                """#)
    }

    @Test func indexListsObjectsByDomain() throws {
        let manual = try manual()
        #expect(
            manual.section("## Objects by domain", of: "README.md") == """
                ## Objects by domain

                ### [Net](net.md)

                Networks.

                - [project](net/project.md): Owner of networks.
                - [network](net/network.md): Ports that reach each other.
                - [policy](net/policy.md): What may pass.
                """)
        #expect(
            manual["tree.md"].hasSuffix(
                """
                - [policy](net/policy.md)
                - [project](net/project.md)
                  - [network](net/network.md)

                """))
    }

    /// A type that one object leads to stands on its page; one that two lead to stands on the page of its file.
    @Test func typesStandWhereTheirReadersAre() throws {
        let shared = SmallSchema.net.replacing(
            "<t:property of=\"network\" presence=\"optional\" operations=\"CR\"/>",
            with:
                "<t:property of=\"network\" presence=\"optional\" operations=\"CR\"/><t:property of=\"policy\" presence=\"optional\" operations=\"CRUD\"/>"
        )
        let manual = try manual(shared)
        #expect(manual.section("### Mode", of: "net/network.md") == "no section ### Mode")
        #expect(
            manual.section("### Mode", of: "net.md") == """
                ### Mode

                How frames are forwarded.

                Used by [network](net/network.md), [policy](net/policy.md).

                | Value | Meaning |
                | --- | --- |
                | `l2` | By MAC address. |
                | `l3` |  |

                `net.xsd:56` · Swift `Mode`

                Schema: `net.xsd`
                """)
        #expect(manual["net/policy.md"].contains("[Mode](../net.md#mode) · default `l3` · optional"))
    }

    @Test func whatEveryObjectHasIsSaidOnce() throws {
        let manual = try manual()
        #expect(
            manual.section("### `display_name`", of: "every-object.md") == """
                ### `display_name`

                string · optional · `common.xsd:2`

                Label for people.
                """)
        #expect(!manual["net/network.md"].contains("display_name"))
    }

    @Test func objectsWithoutPropertiesHaveShortPages() throws {
        let page = try manual()["net/project.md"]
        #expect(page.contains("| Lives in | the root |"))
        #expect(!page.contains("## Properties") && !page.contains("## References") && !page.contains("## Types"))
        #expect(
            try manual().section("## Contains", of: "net/project.md") == """
                ## Contains

                | Member | Object | Meaning |
                | --- | --- | --- |
                | `networks` | [network](network.md) | Network of the project. |
                """)
    }

    /// Prose is plain text: signs of Markdown are escaped, names become links once and never to themselves.
    @Test(arguments: [
        ("a * b [c] <d> _e_ f_g ~h~ x&y", #"a \* b \[c\] \<d> \_e\_ f_g \~h\~ x\&y"#),
        ("# no\n\n- no\n\n12. no", "\\# no\n\n\\- no\n\n12\\. no"),
        ("see `policy`, then `policy`", "see [`policy`](policy.md), then `policy`"),
        ("a `network` has `net-mode`", "a `network` has [`net_mode`](#net_mode)"),
        ("`display-name` and `Order`", "[`display_name`](../every-object.md#display_name) and [`Order`](#order)"),
        ("`is-last` and `l2` and `un-known` and an open `", "`is_last` and `l2` and `un-known` and an open \\`"),
    ])
    func proseBecomesMarkdown(text: String, expected: String) throws {
        var page = ManualPrinter(page: "net/network.md", plan: ManualPlan(model: try SmallSchema.model()), object: "network")
        page.prose(text)
        #expect(String(decoding: page.bytes, as: UTF8.self) == "\n" + expected + "\n")
    }

    @Test func cellsAreOneLine() throws {
        let page = ManualPrinter(page: "net.md", plan: ManualPlan(model: try SmallSchema.model()))
        let cell = page.cell("one | two\n\nthree `a|b`").withUTF8 { String(decoding: $0, as: UTF8.self) }
        #expect(cell == #"one \| two<br>three `a\|b`"#)
    }

    @Test func sameSchemaSameBytes() throws { #expect(try manual().files == manual().files) }
}
