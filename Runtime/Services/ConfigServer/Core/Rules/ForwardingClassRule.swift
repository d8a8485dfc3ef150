// forwarding-class: a number by which packets are marked, known to every vRouter and so used once.

struct ForwardingClassRule: Rule {
    let type = "forwarding-class"

    private static let space = "forwarding-classes"
    private static let identifier = "forwarding_class_id"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        let number = try object.value(Self.identifier, as: UInt64.self)
        guard draft.exchange(Self.space, for: number, of: &object) else {
            throw Refusal(
                400, "Another forwarding class is configured with a id \(number ?? 0): choose another \(Self.identifier)")
        }
    }
}
