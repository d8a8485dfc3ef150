// Compares the numbers and addresses that objects hold with what their properties say. An address is of a network, or of what a network
// refers to, so those are kept, without what does not matter here; of all other objects one at a time is looked at.

import NetworkTypes

struct AllocationCheck {
    private let service: ConfigurationService
    /// What addresses come from, and what is between them and who has them; and which properties of these say how.
    private static let places: [String: Set<String>] = [
        "virtual-network": ["address_allocation_mode"], "network-ipam": ["ipam_subnets"], "virtual-router": [], "floating-ip-pool": [],
        "alias-ip-pool": [], "physical-router": [], "physical-interface": [],
    ]
    private var kept: [ObjectRow] = []

    init(_ service: ConfigurationService) { self.service = service }

    /// Takes every row once. Says nothing.
    mutating func add(_ row: ObjectRow) {
        guard let keys = Self.places[row.type] else { return }
        var row = row
        row.properties = PropertySet(PropertySet(text: row.properties).all.filter { keys.contains($0.key) }).text
        row.details = nil
        kept.append(row)
    }

    /// Finds what is wrong, when nothing else is.
    ///
    /// - Parameters:
    ///   - rows: all of them, again.
    ///   - place: of an object, in the order in which rows came.
    consuming func finish(
        _ rows: any StoredRows, _ place: (UUIDValue) -> Int?, _ find: (ConfigurationCheck.Found) -> Void
    ) throws(StoreError) {
        let types = service.types
        kept.sort { $0.number < $1.number }
        var identities: [UUIDValue: Identity] = [:]
        for row in kept {
            guard let type = types.type(named: row.type) else { continue }
            identities[row.uuid] = Identity(
                uuid: row.uuid, type: type.number, name: row.name, parent: row.parent.flatMap { identities[$0] }, number: row.number)
        }
        let known = identities
        var transaction = Transaction()
        for row in kept {
            guard let identity = known[row.uuid] else { continue }
            transaction.changes.append(
                .put(
                    ObjectState(
                        identity, properties: PropertySet(text: row.properties),
                        references: try row.references { known[$0].map { .object($0) } ?? .unseen })))
        }
        kept = []
        var image = Image()
        image.apply(transaction)
        transaction = Transaction()
        var holders = AllocationHolders()
        let draft = service.makeDraft(image, now: Timestamp(microseconds: 0), random: SystemRandomNumberGenerator())
        try rows.forEachObject { row throws(StoreError) in
            guard let type = types.type(named: row.type), row.details != nil || Draft.holders.contains(type.name),
                let place = place(row.uuid)
            else { return }
            let held = try row.parsedDetails().allocations
            for allocation in held { holders.add(allocation, place) }
            let identity =
                known[row.uuid]
                ?? Identity(
                    uuid: row.uuid, type: type.number, name: row.name, parent: row.parent.flatMap { known[$0] }, number: row.number)
            let state = ObjectState(
                identity, properties: PropertySet(text: row.properties),
                references: try row.references { known[$0].map { .object($0) } ?? .unseen })
            Self.compare(held, state, place, draft, find)
        }
        holders.findTwice(find)
    }

    private static func compare(
        _ held: [Allocation], _ state: ObjectState, _ place: Int, _ draft: Draft, _ find: (ConfigurationCheck.Found) -> Void
    ) {
        func tell(_ words: String, _ mend: String) {
            find(ConfigurationCheck.Found(place: place, problem: .words(words), mend: mend, isHarmless: true))
        }
        let expected: [Allocation]
        do throws(Refusal) { expected = try draft.expectedAllocations(of: state) } catch {
            return tell(error.message, "set the property again, or delete the object")
        }
        for allocation in expected where !held.contains(allocation) {
            tell(
                "it uses the number \(allocation.number) of \(allocation.space) without holding it, so another object may be given it",
                "delete it and make it again")
        }
        for allocation in held where !expected.contains(allocation) {
            // A network may hold addresses that no object has: ip-alloc.
            let owner = allocation.space.hasPrefix("address/") ? allocation.space.split(separator: "/")[1] : ""
            if draft.types[state.identity.type].name == "virtual-network", owner == state.identity.uuid.description { continue }
            tell(
                "it holds the number \(allocation.number) of \(allocation.space) and does not use it: a leak",
                "delete it and make it again")
        }
    }
}

/// Who holds what: sixteen bytes for each.
private struct AllocationHolders {
    private struct Entry {
        let number: UInt64
        let space: UInt32
        let place: UInt32
    }

    private var entries: [Entry] = []
    private var spaces: [String: UInt32] = [:]

    mutating func add(_ allocation: Allocation, _ place: Int) {
        let space: UInt32
        if let known = spaces[allocation.space] {
            space = known
        } else {
            space = UInt32(spaces.count)
            spaces[allocation.space] = space
        }
        entries.append(Entry(number: allocation.number, space: space, place: UInt32(place)))
    }

    consuming func findTwice(_ find: (ConfigurationCheck.Found) -> Void) {
        entries.sort { ($0.space, $0.number, $0.place) < ($1.space, $1.number, $1.place) }
        for index in entries.indices.dropFirst() {
            let (one, other) = (entries[index - 1], entries[index])
            guard one.space == other.space, one.number == other.number else { continue }
            let space = spaces.first { $0.value == one.space }?.key ?? ""
            find(
                ConfigurationCheck.Found(
                    place: Int(other.place), problem: .sameAllocation(one.number, space: space, Int(one.place)),
                    mend: "delete one of them and make it again; until then no server loads this: " + ConfigurationCheck.edit))
        }
    }
}
