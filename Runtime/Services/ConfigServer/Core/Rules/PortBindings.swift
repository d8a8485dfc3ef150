// How a port is bound to its host: what an orchestrator asks when it plugs the port in.

import Coding
import ConfigurationModel
import NetworkTypes

enum PortBindings {
    private static let bindings = "virtual_machine_interface_bindings"
    private static let kind = "vnic_type"
    private static let normal = "normal"
    private static let interface = "vif_type"
    private static let details = "vif_details"
    private static let userSpace = "vhostuser"

    static func complete(_ port: inout ObjectDraft, replacing before: ObjectState?, in draft: Draft) throws(Refusal) {
        let stored = try before.map { state throws(Refusal) in try list(of: ObjectDraft(state, port.type)) }
        var pairs = try list(of: port)
        if let stored { try checkKind(pairs, stored, of: port, in: draft) }
        if stored == nil {
            set(&pairs, interface, value(pairs, interface) ?? "vrouter")
            set(&pairs, kind, value(pairs, kind) ?? normal)
        }
        if value(pairs, kind) == normal {
            if isUserSpace(value(pairs, "host_id"), in: draft) {
                set(&pairs, interface, userSpace)
                set(&pairs, details, socketDetails(of: port.identity))
            } else if stored != nil, value(pairs, interface) == userSpace {
                set(&pairs, interface, "vrouter")
                pairs.removeAll { $0.key == details }
            }
        }
        if before == nil || !pairs.isEmpty { port.setValue(bindings, KeyValuePairs(keyValuePair: pairs)) }
    }

    private static func list(of port: ObjectDraft) throws(Refusal) -> [KeyValuePair] {
        try port.value(bindings, as: KeyValuePairs.self)?.keyValuePair ?? []
    }

    private static func value(_ pairs: [KeyValuePair], _ key: String) -> String? { pairs.first { $0.key == key }?.value }

    private static func set(_ pairs: inout [KeyValuePair], _ key: String, _ value: String) {
        if let index = pairs.firstIndex(where: { $0.key == key }) {
            pairs[index].value = value
        } else {
            pairs.append(KeyValuePair(key: key, value: value))
        }
    }

    /// A port that is plugged in stays the kind of port it is.
    private static func checkKind(
        _ pairs: [KeyValuePair], _ stored: [KeyValuePair], of port: ObjectDraft, in draft: Draft
    ) throws(Refusal) {
        guard value(pairs, kind) ?? normal != value(stored, kind) ?? normal else { return }
        let isOnRouter = port.identity.parent.map { draft.types[$0.type].name != "project" } ?? false
        guard isOnRouter || !port.targets("virtual-machine", draft.types).isEmpty else { return }
        throw Refusal(
            409,
            "Vnic_type can not be modified when port is linked to Vrouter or VM: \(kind) of \(bindings) is \(value(stored, kind) ?? normal)"
        )
    }

    /// Whether the vRouter of a host runs in user space.
    private static func isUserSpace(_ host: String?, in draft: Draft) -> Bool {
        guard let host, !host.isEmpty, host != "null", let type = draft.types.type(named: "virtual-router"),
            let router = draft.identity(type.number, named: FullyQualifiedName.json(["default-global-system-config", host]))
        else { return false }
        return draft.state(router.uuid)?.properties["virtual_router_dpdk_enabled"]?.elementsEqual("true".utf8) ?? false
    }

    /// The socket where machine and vRouter meet: the name of the port's device, as agents make it.
    private static func socketDetails(of port: Identity) -> String {
        let device = "tap" + port.uuid.description.prefix(11)
        let members: [JSONValue.Member] = [
            JSONValue.Member(key: "vhostuser_mode", value: .string("server")),
            JSONValue.Member(key: "vhostuser_socket", value: .string("/var/run/vrouter/uvh_vif_\(device)")),
            JSONValue.Member(key: "vhostuser_vrouter_plug", value: .boolean(true)),
        ]
        return String(decoding: JSONValue.object(members).bytes, as: UTF8.self)
    }
}
