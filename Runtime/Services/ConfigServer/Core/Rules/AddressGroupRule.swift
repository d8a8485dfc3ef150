// address-group: prefixes that firewall rules name together.

import ConfigurationModel

struct AddressGroupRule: Rule {
    let type = "address-group"

    private static let prefixes = "address_group_prefix"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try SecurityObjects.check(object, replacing: before, in: draft)
        for (index, subnet) in (try object.value(Self.prefixes, as: SubnetListType.self)?.subnet ?? []).enumerated() {
            let place = "\(Self.prefixes).subnet[\(index)]"
            guard try Subnets.prefix(subnet, place) != nil else {
                throw Refusal(400, "Invalid address group prefix: \(place).ip_prefix is missing; write an address such as 10.1.0.0")
            }
        }
    }
}
