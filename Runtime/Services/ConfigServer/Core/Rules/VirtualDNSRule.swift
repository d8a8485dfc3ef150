// virtual-DNS: a name server for networks, and the server that it asks when it does not know.

import ConfigurationModel

struct VirtualDNSRule: Rule {
    let type = "virtual-DNS"

    static let data = "virtual_DNS_data"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        let name = object.identity.shortName
        guard name.utf8.allSatisfy(DNSNames.isLetterDigitOrHyphen), !name.hasPrefix("-") else {
            throw Refusal(403, "Special characters are not allowed in Virtual DNS server name: \(name); use letters, digits and hyphens")
        }
        guard let data = try object.value(Self.data, as: VirtualDnsType.self) else { return }
        if let domain = data.domainName, !DNSNames.isName(domain) {
            throw Refusal(403, "Domain name does not adhere to DNS name requirements: \(Self.data).domain_name is \(domain)")
        }
        if let lifetime = data.defaultTtlSeconds, !(DNSNames.lifetimes ~= lifetime) {
            throw Refusal(
                400, "Invalid value for TTL: \(Self.data).default_ttl_seconds must be from 0 to \(DNSNames.lifetimes.upperBound)")
        }
        if let next = data.nextVirtualDns, !next.isEmpty { try checkNext(next, of: object, in: draft) }
    }

    private func checkNext(_ next: String, of object: ObjectDraft, in draft: Draft) throws(Refusal) {
        let name = next.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let server = draft.identity(object.type.number, named: FullyQualifiedName.json(name)) else {
            guard DNSNames.addressBits(next) == 32 else {
                throw Refusal(
                    400,
                    "Invalid Virtual Forwarder(next virtual dns server): \(Self.data).next_virtual_DNS is \(next), neither the name of a "
                        + "virtual-DNS (domain:name) nor an IPv4 address")
            }
            return
        }
        guard let state = draft.state(server.uuid),
            let theirs = try ObjectDraft(state, object.type).value(Self.data, as: VirtualDnsType.self)
        else { return }
        guard theirs.nextVirtualDns != object.identity.joinedName else {
            throw Refusal(403, "Cannot have Virtual DNS Servers referring to each other: \(next) asks this one")
        }
    }

    /// Servers are named, not referred to, so nothing else keeps one from going.
    func removing(_ state: ObjectState, along root: Identity, in draft: inout Draft) throws(Refusal) {
        guard root === state.identity, let domain = state.identity.parent else { return }
        let type = draft.types[state.identity.type]
        for other in draft.children(of: domain, type.number) where other.identity !== state.identity {
            let next = try ObjectDraft(other, type).value(Self.data, as: VirtualDnsType.self)?.nextVirtualDns
            guard next != state.identity.joinedName else {
                throw Refusal(403, "Virtual DNS server is referred by other virtual DNS servers: \(other.identity.joinedName) asks it next")
            }
        }
    }
}
