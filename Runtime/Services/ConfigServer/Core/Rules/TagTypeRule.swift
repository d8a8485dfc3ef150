// tag-type: the number of a kind of tags. Those that every installation has are numbered by the platform's convention.

import ConfigurationModel
import NetworkTypes

struct TagTypeRule: UpgradingRule {
    let type = "tag-type"

    static let identifier = "tag_type_id"
    private static let space = "tag-types"
    /// Given out to types that are not predefined.
    private static let numbers: ClosedRange<UInt64> = 255...0x7FFF
    private static let userNumbers: ClosedRange<UInt64> = 0x8000...0xFFFF

    /// The numbers of predefined types are part of the encoding of tags.
    static let predefined: [String: UInt64] = [
        "label": 0, "application": 1, "tier": 2, "deployment": 3, "site": 4, "neutron_fwaas": 5, "neutron_tag": 6,
    ]

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        if let before {
            let stored = ObjectDraft(before, object.type)
            for key in ["display_name", Self.identifier] {
                guard try object.value(key, as: String.self) == stored.value(key, as: String.self) else {
                    throw Refusal(400, "Tag Type value or ID cannot be updated: \(key) would change; create another tag-type")
                }
            }
            return
        }
        let name = object.identity.shortName
        let requested = try HexadecimalNumber.parse(object.value(Self.identifier), Self.identifier)
        let number: UInt64
        if let predefined = Self.predefined[name], requested == nil || requested == predefined {
            number = try take(predefined, for: &object, in: &draft)
        } else if let requested {
            guard Self.userNumbers ~= requested else {
                throw Refusal(400, "Tag type can be set only with user defined id in range 32768-65535 (0x8000-0xffff)")
            }
            number = try take(requested, for: &object, in: &draft)
        } else {
            number = try draft.allocate(Self.space, Self.numbers, to: &object)
        }
        object.setValue(Self.identifier, "0x" + HexadecimalNumber.text(number))
        object.setValue("display_name", name)
    }

    func isOlder(_ state: ObjectState, in draft: Draft) -> Bool { state.properties[Self.identifier] == nil }

    func completeOlder(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        guard try (object.value(Self.identifier, as: String.self) ?? "").isEmpty else { return }
        var completed = object
        try complete(&completed, replacing: nil, in: &draft)
        try draft.save(completed)
    }

    private func take(_ number: UInt64, for object: inout ObjectDraft, in draft: inout Draft) throws(Refusal) -> UInt64 {
        guard draft.take(Allocation(space: Self.space, number: number), for: &object) else {
            throw Refusal(400, "Tag Type with same Id already exists; leave \(Self.identifier) out to be given a free one")
        }
        return number
    }
}
