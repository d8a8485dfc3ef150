// Looks over what a store holds, without believing any of it: every contradiction is found and named, not only the first, and each with
// what to do about it.

import Coding
import NetworkTypes
import Resources

/// Something that is wrong with a stored configuration.
public struct ConfigurationFinding: Sendable, Equatable, CustomStringConvertible {
    /// What it is about: `virtual-network 6ba7b810-… (default-domain:default-project:red)`.
    public var subject: String
    public var problem: String
    /// What to do.
    public var mend: String
    /// The server starts and works all the same.
    public var isHarmless = false

    public var description: String { "\(isHarmless ? "warning" : "error"): \(subject): \(problem); \(mend)" }
}

/// Takes all rows of a store, then says what is wrong with them.
public struct ConfigurationCheck {
    private let service: ConfigurationService
    private var rows: [ObjectRow] = []
    private var values: [(key: String, value: [UInt8])] = []
    private var findings: [ConfigurationFinding] = []

    public init(_ service: ConfigurationService) { self.service = service }

    public mutating func add(_ row: ObjectRow) { rows.append(row) }

    public mutating func addValue(_ key: String, _ value: [UInt8]) { values.append((key, value)) }

    /// Errors first.
    public consuming func finish() -> [ConfigurationFinding] {
        checkIdentities()
        checkRows()
        checkNumbers()
        for (key, value) in values where (try? JSONValue(parsing: value)) == nil {
            find("the value '\(key)' of useragent-kv", "it is not JSON", "store it again, or delete it")
        }
        if findings.allSatisfy(\.isHarmless) { checkAllocations() }
        return findings.filter { !$0.isHarmless } + findings.filter(\.isHarmless)
    }

    private mutating func find(_ subject: String, _ problem: String, _ mend: String, isHarmless: Bool = false) {
        findings.append(ConfigurationFinding(subject: subject, problem: problem, mend: mend, isHarmless: isHarmless))
    }

    private mutating func find(_ row: ObjectRow, _ problem: String, _ mend: String, isHarmless: Bool = false) {
        find(Self.name(row), problem, mend, isHarmless: isHarmless)
    }

    private static func name(_ row: ObjectRow) -> String {
        let elements = (try? JSONValue(parsing: row.name))?.elements.compactMap(\.string) ?? []
        return "\(row.type) \(row.uuid) (\(elements.joined(separator: ":")))"
    }

    /// How most things are mended: nothing else touches a store that no server can load.
    private static let edit = "restore a backup, or export, mend the object's line, and import with --replace"

    // MARK: Objects

    /// Each look-up table is gone before the next is made, and has places in `rows`, not rows: there may be millions.
    private mutating func checkIdentities() {
        checkOnce({ $0.uuid }) { check, row, other in
            check.find(row, "it has the UUID of \(Self.name(other))", "keep one of them: \(Self.edit)")
        }
        // Bytes: two spellings of `é` are two names.
        checkOnce({ Array($0.type.utf8) + $0.name }) { check, row, other in
            check.find(row, "it has the name of \(Self.name(other))", "delete one of them: \(Self.edit)")
        }
        checkOnce({ $0.number }) { check, row, _ in check.find(row, "its number \(row.number) occurs twice", Self.edit) }
    }

    private mutating func checkOnce<Key: Hashable>(
        _ key: (ObjectRow) -> Key, _ occursTwice: (inout ConfigurationCheck, ObjectRow, ObjectRow) -> Void
    ) {
        var places: [Key: Int32] = [:]
        places.reserveCapacity(rows.count)
        for (index, row) in rows.enumerated() {
            guard let other = places.updateValue(Int32(truncatingIfNeeded: index), forKey: key(row)) else { continue }
            occursTwice(&self, row, rows[Int(other)])
        }
    }

    private mutating func checkRows() {
        var places: [UUIDValue: Int32] = [:]
        places.reserveCapacity(rows.count)
        for index in rows.indices.reversed() { places[rows[index].uuid] = Int32(truncatingIfNeeded: index) }
        let rows = rows
        func row(_ uuid: UUIDValue) -> ObjectRow? { places[uuid].map { rows[Int($0)] } }
        for each in rows {
            checkParent(each, row)
            checkTexts(each)
            checkReferences(each, row)
        }
    }

    private mutating func checkParent(_ row: ObjectRow, _ rows: (UUIDValue) -> ObjectRow?) {
        guard let type = service.types.type(named: row.type) else {
            return find(
                row, "the schema has no type \(row.type)", "use a schema that has it, or leave it: nobody sees it", isHarmless: true)
        }
        guard let name = try? JSONValue(parsing: row.name), !name.elements.isEmpty, name.elements.allSatisfy({ $0.string != nil }) else {
            return find(row, "its name is not a JSON array of strings", Self.edit)
        }
        guard let uuid = row.parent else {
            if !type.parents.contains(where: { $0.type == nil }) {
                find(row, "it has no parent, and must have one", "delete it: \(Self.edit)")
            }
            return
        }
        guard let parent = rows(uuid) else {
            return find(row, "it is an orphan: its parent \(uuid) is missing", "delete it, or give it another parent: \(Self.edit)")
        }
        if parent.number >= row.number { find(row, "it was made before its parent \(Self.name(parent))", Self.edit) }
        if let parentType = service.types.type(named: parent.type), !type.parents.contains(where: { $0.type == parentType.number }) {
            find(row, "a \(parent.type) cannot be its parent", "delete it: \(Self.edit)", isHarmless: true)
        }
        if let above = try? JSONValue(parsing: parent.name), name.elements.dropLast() != above.elements[...] {
            find(row, "its name does not continue that of its parent \(Self.name(parent))", Self.edit, isHarmless: true)
        }
    }

    private mutating func checkTexts(_ row: ObjectRow) {
        guard let type = service.types.type(named: row.type) else { return }
        guard let value = try? JSONValue(parsing: row.properties), case .object = value else {
            return find(row, "its properties are not a JSON object", Self.edit)
        }
        for (key, value) in PropertySet(text: row.properties).all {
            guard case .property(let index)? = type.members[key] else {
                find(row, "the schema has no property \(key) of \(row.type)", "leave it: it is kept and not shown", isHarmless: true)
                continue
            }
            do {
                _ = try Normalising.value(value, type.resource.properties[index].normalise)
            } catch {
                let place = error.path.isEmpty ? "" : "\(error.path): "
                find(row, "its property \(key) does not decode: \(place)\(error.message)", "set it again with a PUT", isHarmless: true)
            }
        }
        do throws(StoreError) { _ = try row.parsedDetails() } catch {
            find(row, "its details do not decode", Self.edit)
        }
    }

    // MARK: References

    private mutating func checkReferences(_ row: ObjectRow, _ rows: (UUIDValue) -> ObjectRow?) {
        var dangling: [String] = []
        do throws(StoreError) {
            _ = try row.checkedReferences { type, uuid in
                if rows(uuid)?.type != type { dangling.append("\(type) \(uuid)") }
                return .unseen
            }
        } catch {
            return find(row, "its references do not decode: \(error.message)", Self.edit)
        }
        for target in dangling {
            find(row, "it refers to the \(target), which is missing", "remove the reference: \(Self.edit)")
        }
    }

    private mutating func checkNumbers() {
        var owners: [UInt64: Int32] = [:]
        for (index, row) in rows.enumerated() where row.references.count > 2 {
            guard case .array(let references)? = try? JSONValue(parsing: row.references) else { continue }
            for reference in references where reference.elements.count > 2 {
                guard let number = reference.elements[2].unsignedInteger else { continue }
                let other = owners.updateValue(Int32(truncatingIfNeeded: index), forKey: number)
                if let other, rows[Int(other)].uuid != row.uuid {
                    find(
                        row, "the number \(number) of a reference is also one of \(Self.name(rows[Int(other)]))",
                        "harmless unless both refer to one object: remove the reference and add it again", isHarmless: true)
                }
            }
        }
    }

    // MARK: What objects hold

    /// Compares what is held with what properties say. Relies on everything else being well.
    private mutating func checkAllocations() {
        var owners: [Allocation: Int32] = [:]
        var unheld = ImageLoader(service.types)
        do throws(StoreError) {
            for (index, row) in rows.enumerated() {
                for allocation in try row.parsedDetails().allocations {
                    if let other = owners.updateValue(Int32(truncatingIfNeeded: index), forKey: allocation) {
                        let other = Self.name(rows[Int(other)])
                        find(
                            row, "it holds the number \(allocation.number) of \(allocation.space), which \(other) holds too",
                            "delete one of them and make it again; until then no server loads this: \(Self.edit)")
                    }
                }
                var row = row
                row.details = nil
                try unheld.add(row)
            }
            let image = try unheld.finish()
            let draft = service.makeDraft(image, now: Timestamp(microseconds: 0), random: SystemRandomNumberGenerator())
            for row in rows {
                guard let state = image.state(row.uuid) else { continue }
                checkAllocations(try row.parsedDetails().allocations, of: row, state, draft)
            }
        } catch {
            find("the configuration", error.message, "restore a backup")
        }
    }

    private mutating func checkAllocations(_ held: [Allocation], of row: ObjectRow, _ state: ObjectState, _ draft: Draft) {
        let expected: [Allocation]
        do throws(Refusal) { expected = try draft.expectedAllocations(of: state) } catch {
            return find(row, error.message, "set the property again, or delete the object", isHarmless: true)
        }
        for allocation in expected where !held.contains(allocation) {
            find(
                row, "it uses the number \(allocation.number) of \(allocation.space) without holding it, so another object may be given it",
                "delete it and make it again", isHarmless: true)
        }
        for allocation in held where !expected.contains(allocation) {
            // A network may hold addresses that no object has: ip-alloc.
            let owner = allocation.space.hasPrefix("address/") ? allocation.space.split(separator: "/")[1] : ""
            if row.type == "virtual-network", owner == row.uuid.description { continue }
            find(
                row, "it holds the number \(allocation.number) of \(allocation.space) and does not use it: a leak",
                "delete it and make it again", isHarmless: true)
        }
    }
}
