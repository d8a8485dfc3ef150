// Lists, with every parameter.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct ListTests {
    var server = TestServer()
    let parent: String
    let ipam: String
    /// Names v00 to v19, made in another order.
    var networks: [String: String] = [:]

    init() {
        parent = server.create("project", ["default-domain", "p"], parent: "domain")
        ipam = server.create("network-ipam", ["default-domain", "p", "i"], parent: "project")
        for number in 0..<20 {
            let name = "v\(number * 7 % 20 < 10 ? "0" : "")\(number * 7 % 20)"
            let reference = number % 4 == 0 ? ", \"network_ipam_refs\": [{\"uuid\": \"\(ipam)\"}]" : ""
            networks[name] = server.create(
                "virtual-network", ["default-domain", "p", name], parent: "project", "\"mtu\": \(1500 + number % 3)\(reference)")
        }
    }

    private mutating func list(_ query: String) -> [JSONValue] {
        server.get("/virtual-networks?\(query)")["virtual-networks"]?.elements ?? []
    }

    private func names(_ list: [JSONValue]) -> [String] { JSONValue.array(list).names }

    @Test mutating func listsInTheOrderOfNames() {
        let all = names(list(""))
        let below = all.filter { $0.hasPrefix("v") }
        #expect(below == networks.keys.sorted() && all.count == 25)
        #expect(list("").first?.members.map(\.key) == ["uuid", "fq_name", "href"])
        #expect(list("exclude_hrefs").first?.members.map(\.key) == ["uuid", "fq_name"])
    }

    @Test mutating func childrenAreInTheOrderOfCreation() {
        let made = (0..<20).map { "v\($0 * 7 % 20 < 10 ? "0" : "")\($0 * 7 % 20)" }
        #expect(names(list("parent_id=\(parent)")) == ["default-virtual-network"] + made)
        #expect(names(list("parent_fq_name_str=default-domain:p")) == ["default-virtual-network"] + made)
        #expect(names(list("parent_fq_name_str=default-domain:p&parent_type=project")) == ["default-virtual-network"] + made)
        #expect(list("parent_id=00000000-0000-0000-0000-000000000000").isEmpty)
        #expect(server.send(.get, "/virtual-networks?parent_fq_name_str=default-domain:q").status == 404)
        #expect(server.send(.get, "/tags?parent_fq_name_str=x&parent_type=domain").status == 400)
    }

    @Test mutating func anchorsCombine() throws {
        let referring = names(list("back_ref_id=\(ipam)"))
        #expect(referring.count == 5)
        let chosen = try #require(networks["v03"])
        #expect(names(list("obj_uuids=\(chosen),nonsense,\(parent)")) == ["v03"])
        #expect(list("obj_uuids=\(chosen)&back_ref_id=\(ipam)").isEmpty)
        #expect(names(list("parent_id=\(parent)&back_ref_id=\(ipam)")) == referring)
        #expect(names(list("fq_names=default-domain:p:v07,default-domain:p:none,default-domain:p:v01")) == ["v07", "v01"])
        #expect(names(list("fq_names=default-domain:p:v07,default-domain:p:v03&obj_uuids=\(chosen)")) == ["v03"])
    }

    @Test mutating func counts() {
        func count(_ query: String) -> String? {
            server.get("/virtual-networks?count=True\(query)")["virtual-networks"]?["count"].flatMap {
                if case .number(let text) = $0 { text } else { nil }
            }
        }
        #expect(count("") == "25" && count("&parent_id=\(parent)") == "21" && count("&back_ref_id=\(ipam)") == "5")
        #expect(count("&filters=mtu==1501") == "7")
        #expect(server.get("/virtual-networks?count=false")["virtual-networks"]?.elements.count == 25)
    }

    @Test mutating func filters() {
        #expect(names(list("filters=display_name==%22v05%22,display_name==%22v06%22")) == ["v05", "v06"])
        #expect(names(list("filters=display_name==%22v05%22,mtu==9")).isEmpty)
        #expect(list("filters=perms2==%7B%22owner%22:%22cloud-admin%22%7D").count == 25)
        #expect(list("filters=name==%22v05%22").count == 1 && list("filters=parent_uuid==%22\(parent)%22").count == 21)
        #expect(list("filters=fq_name==%5B%22default-domain%22,%22p%22,%22v05%22%5D").count == 1)
        #expect(list("filters=router_external==null").isEmpty && list("filters=nonsense==1").isEmpty)
        #expect(server.send(.get, "/virtual-networks?filters=display_name=v05").status == 400)
    }

    @Test mutating func showsFieldsAndDetails() {
        let lines = list("parent_id=\(parent)&fields=mtu,network_ipam_refs,routing_instances")
        #expect(lines[1]["mtu"] == .number("1500") && lines[1]["network_ipam_refs"]?.uuids == [ipam])
        #expect(lines[1]["routing_instances"]?.names == ["v00"] && lines[1]["display_name"] == nil)
        let details = list("parent_id=\(parent)&detail=True&fields=routing_instances,mtu")
        #expect(details.count == 21)
        let network = details[1]["virtual-network"]
        #expect(network?["mtu"] == .number("1500") && network?["network_ipam_refs"]?.uuids == [ipam])
        #expect(network?["routing_instances"]?.names == ["v00"] && network?["parent_uuid"] == .string(parent))
        #expect(network?.members.count { $0.key == "mtu" } == 1)
        #expect(list("detail=true").first?["virtual-network"]?["routing_instances"] == nil)
    }

    @Test(
        arguments: ["", "parent_id={parent}", "parent_id={parent}&filters=mtu==1501", "detail=true", "back_ref_id={ipam}"], [1, 3, 7, 100])
    mutating func pagesMakeUpTheWhole(query: String, limit: Int) throws {
        let query = query.replacing("{parent}", with: parent).replacing("{ipam}", with: ipam)
        func uuids(_ list: [JSONValue]) -> [String] {
            list.compactMap { ($0["virtual-network"] ?? $0)["uuid"]?.string }
        }
        let whole = uuids(list(query))
        var pages: [[String]] = []
        var marker = ""
        repeat {
            let reply = server.get("/virtual-networks?\(query)&page_limit=\(limit)&page_marker=\(marker)")
            pages.append(uuids(reply["virtual-networks"]?.elements ?? []))
            #expect(reply["marker"] != nil)
            marker = reply["marker"]?.string ?? ""
        } while !marker.isEmpty && pages.count < 100
        #expect(pages.joined().sorted() == whole.sorted() && pages.dropLast().allSatisfy { $0.count == limit })
        if query.isEmpty { #expect(Array(pages.joined()) == whole) }
    }

    /// The object that a marker names may be gone when the next page is asked for.
    @Test(arguments: ["", "parent_id={parent}"]) mutating func aMarkerOutlivesItsObject(query: String) throws {
        let query = query.replacing("{parent}", with: parent)
        let first = server.get("/virtual-networks?\(query)&page_limit=10")
        let marker = try #require(first["marker"]?.string)
        let last = try #require(first["virtual-networks"]?.uuids.last)
        #expect(server.send(.delete, "/virtual-network/\(last)").status == 200)
        let second = server.get("/virtual-networks?\(query)&page_marker=\(marker)")
        let whole = Set(list(query).compactMap { $0["uuid"]?.string })
        let seen = (first["virtual-networks"]?.uuids ?? []).dropLast() + (second["virtual-networks"]?.uuids ?? [])
        #expect(Set(seen) == whole && second["marker"] == .null)
    }

    /// The largest number there is is no other than any large one.
    @Test mutating func endlessPages() {
        for query in ["", "&obj_uuids=6ba7b810-9dad-41d1-80b4-00c04fd430c8"] {
            #expect(server.get("/projects?page_limit=\(Int.max)\(query)")["marker"] == .null)
        }
        #expect(server.send(.post, "/list-bulk-collection", "{\"type\": \"project\", \"page_limit\": \(Int.max)}").status == 200)
    }

    @Test(arguments: ["page_limit=0", "page_limit=x", "page_limit=-1", "page_marker=nonsense", "parent_id=x&page_marker=nonsense"])
    mutating func refusesBadPages(query: String) {
        let reply = server.send(.get, "/virtual-networks?\(query)")
        #expect(reply.status == 400 && reply.text.contains("page_"))
    }

    @Test mutating func bulkListsAreLists() throws {
        let chosen = try #require(networks["v03"])
        let reply = server.post(
            "/list-bulk-collection",
            "{\"type\": \"virtual-network\", \"obj_uuids\": \"\(chosen)\", \"detail\": true, \"count\": false, \"shared\": false}")
        #expect(reply["virtual-networks"]?.elements.first?["virtual-network"]?["uuid"] == .string(chosen))
        let counted = server.post(
            "/list-bulk-collection", "{\"type\": \"virtual-network\", \"parent_id\": [\"\(parent)\"], \"count\": true}")
        #expect(counted["virtual-networks"]?["count"] == .number("21"))
        #expect(server.send(.post, "/list-bulk-collection", "{}").status == 400)
        #expect(server.send(.post, "/list-bulk-collection", #"{"type": "nonsense"}"#).status == 404)
        #expect(server.send(.post, "/list-bulk-collection", #"{"type": "project", "parent_id": 7}"#).status == 400)
    }
}
