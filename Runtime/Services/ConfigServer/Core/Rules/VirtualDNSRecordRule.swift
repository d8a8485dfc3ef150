// virtual-DNS-record: what a record of each type holds.

import ConfigurationModel

struct VirtualDNSRecordRule: Rule {
    let type = "virtual-DNS-record"

    private static let data = "virtual_DNS_record_data"
    private static let preferences = 0...65_535

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        guard let record = try object.value(Self.data, as: VirtualDnsRecordType.self), let type = record.recordType else { return }
        let kind = type.rawValue.uppercased()
        if let name = record.recordName { try checkName(name, kind) }
        if let value = record.recordData { try checkValue(value, kind, in: draft) }
        if let lifetime = record.recordTtlSeconds, !(DNSNames.lifetimes ~= lifetime) {
            throw Refusal(
                403, "Invalid value for TTL: \(Self.data).record_ttl_seconds must be from 0 to \(DNSNames.lifetimes.upperBound)")
        }
        if kind == "MX", let preference = record.recordMxPreference, !(Self.preferences ~= preference) {
            throw Refusal(
                403, "Invalid value for MX record preference: \(Self.data).record_mx_preference must be from 0 to 65535")
        }
    }

    private func checkName(_ name: String, _ kind: String) throws(Refusal) {
        guard kind == "PTR" else {
            guard DNSNames.isName(name) else {
                throw Refusal(403, "Record name does not adhere to DNS name requirements: \(Self.data).record_name is \(name)")
            }
            return
        }
        let reverse = name.lowercased()
        guard DNSNames.addressBits(name) != nil || reverse.contains("in-addr.arpa") || reverse.contains("ip6.arpa") else {
            throw Refusal(403, "PTR Record name has to be IP address or reverse.ip.in-addr.arpa: \(Self.data).record_name is \(name)")
        }
    }

    private func checkValue(_ value: String, _ kind: String, in draft: Draft) throws(Refusal) {
        let place = "\(Self.data).record_data is \(value)"
        switch kind {
        case "A":
            guard DNSNames.addressBits(value) == 32 else { throw Refusal(403, "Invalid IP address: \(place)") }
        case "AAAA":
            guard DNSNames.addressBits(value) == 128 else { throw Refusal(403, "Invalid IPv6 address: \(place)") }
        case "CNAME", "PTR", "MX":
            guard DNSNames.isName(value) else {
                throw Refusal(403, "Record data does not adhere to DNS name requirements: \(place)")
            }
        case "NS":
            let name = value.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            let isServer = draft.types.type(named: "virtual-DNS").map {
                draft.identity($0.number, named: FullyQualifiedName.json(name)) != nil
            }
            guard isServer ?? false || DNSNames.addressBits(value) == 32 || DNSNames.isName(value) else {
                throw Refusal(403, "Invalid virtual dns server in record data: \(place)")
            }
        default: break
        }
    }
}
