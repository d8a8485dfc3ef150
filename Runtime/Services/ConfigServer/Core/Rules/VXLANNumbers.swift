// VXLAN network identifiers that users choose for networks. They are numbers of the space that numbers of networks come from: where
// identifiers are not configured, a network's number is its identifier.

import ConfigurationModel

enum VXLANNumbers {
    static let properties = "virtual_network_properties"
    static let identifier = "vxlan_network_identifier"
    static let range = 1...0xFF_FFFF

    /// Takes what a network whose own number is settled asks for, in place of what it had.
    static func complete(_ network: inout ObjectDraft, in draft: inout Draft) throws(Refusal) {
        let space = VirtualNetworkRule.space
        guard let own = try network.value(VirtualNetworkRule.number, as: UInt64.self) else { return }
        let wanted = try network.value(properties, as: VirtualNetworkType.self)?.vxlanNetworkIdentifier.map(UInt64.init)
        let held = network.allocations.first { $0.space == space && $0.number != own }?.number
        guard wanted != held else { return }
        network.allocations.removeAll { $0.space == space && $0.number != own }
        guard let wanted, !draft.take(Allocation(space: space, number: wanted), for: &network) else { return }
        throw Refusal(
            400,
            "Cannot set VXLAN_ID: \(wanted), it has already been set: another network or logical-router has it, or a network has that number; "
                + "choose another \(properties).\(identifier)")
    }

    /// The identifier that a logical router asks for, a number in text.
    static func parse(_ text: String?, _ place: String) throws(Refusal) -> Int? {
        guard let text, !text.isEmpty, text != "None" else { return nil }
        guard let number = Int(text), range ~= number else {
            throw Refusal(400, "\(place) must be a number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
        }
        return number
    }
}
