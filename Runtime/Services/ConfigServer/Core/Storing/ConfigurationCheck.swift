// Looks over what a store holds, without believing any of it: every contradiction is found and named, not only the first, and each with
// what to do about it. A store may be larger than the memory: rows pass one by one, and what is kept of them is what others are compared
// with (CheckedObjects), some 150 bytes an object. Where a finding names another object, its row is asked for again.

import Coding
import NetworkTypes
import Resources

/// Takes all rows of a store, then says what is wrong with them.
public struct ConfigurationCheck {
    /// A finding whose words need rows that are no longer there.
    struct Found {
        enum Problem {
            case words(String)
            case sameUUID(Int)
            case sameName(Int)
            case madeBeforeParent(Int)
            case otherName(parent: Int)
            case sameReference(UInt64, Int)
            case sameAllocation(UInt64, space: String, Int)
        }

        /// Of the object, or nil.
        var place: Int?
        var subject = ""
        var problem: Problem
        var mend: String
        var isHarmless = false
    }

    /// Something that an object needs, and that had not come yet when it came.
    private struct Awaited {
        let place: UInt32
        /// nil: the parent, with the hash of what the name has before its last element.
        let type: UInt32?
        let uuid: UUIDValue
        var name: UInt64 = 0
    }

    let service: ConfigurationService
    private var objects = CheckedObjects()
    private var typeNames: [String] = []
    private var typeNumbers: [String: UInt32] = [:]
    private var awaited: [Awaited] = []
    /// The numbers of references, and enough of what they lead to to tell whether that is the same.
    private var references: [(number: UInt64, place: UInt32, target: UInt32)] = []
    private var allocations: AllocationCheck
    private var isInOrder = true
    private var found: [Found] = []
    private var findings = ConfigurationFindings()

    public init(_ service: ConfigurationService) {
        self.service = service
        allocations = AllocationCheck(service)
    }

    public var count: Int { objects.all.count }

    mutating func find(_ place: Int?, _ problem: Found.Problem, _ mend: String, isHarmless: Bool = false, subject: String = "") {
        note(Found(place: place, subject: subject, problem: problem, mend: mend, isHarmless: isHarmless))
    }

    private mutating func note(_ finding: Found) {
        if finding.isHarmless { findings.warnings += 1 } else { findings.errors += 1 }
        guard (finding.isHarmless ? findings.warnings : findings.errors) <= ConfigurationFindings.greatest else { return }
        found.append(finding)
    }

    /// How most things are mended: nothing else touches a store that no server can load.
    static let edit = "restore a backup, or export, mend the object's line, and import with --replace"

    // MARK: Objects

    public mutating func add(_ row: ObjectRow) {
        let type = service.types.type(named: row.type)
        let elements = Self.elements(row.name)
        let place = objects.all.count
        let (sameUUID, sameName) = objects.add(
            CheckedObject(
                uuid: row.uuid, number: row.number, name: CheckedObjects.hash(elements ?? [String(decoding: row.name, as: UTF8.self)]),
                type: number(ofType: row.type)))
        if let sameUUID { find(place, .sameUUID(sameUUID), "keep one of them: \(Self.edit)") }
        if let sameName { find(place, .sameName(sameName), "delete one of them: \(Self.edit)") }
        if place > 0, objects[place - 1].number >= row.number { isInOrder = false }
        if let type {
            checkParent(of: row, place, type, elements)
            checkTexts(row, place, type)
        } else {
            find(
                place, .words("the schema has no type \(row.type)"), "use a schema that has it, or leave it: nobody sees it",
                isHarmless: true)
        }
        checkReferences(row, place)
        allocations.add(row)
    }

    private mutating func number(ofType name: String) -> UInt32 {
        if let number = typeNumbers[name] { return number }
        let number = UInt32(typeNames.count)
        typeNames.append(name)
        typeNumbers[name] = number
        return number
    }

    /// nil when the text is not an array of strings, or an empty one.
    private static func elements(_ name: [UInt8]) -> [String]? {
        guard let value = try? JSONValue(parsing: name), !value.elements.isEmpty else { return nil }
        let elements = value.elements.compactMap(\.string)
        return elements.count == value.elements.count ? elements : nil
    }

    private mutating func checkParent(of row: ObjectRow, _ place: Int, _ type: TypeEntry, _ elements: [String]?) {
        guard let elements else { return find(place, .words("its name is not a JSON array of strings"), Self.edit) }
        guard let uuid = row.parent else {
            if !type.parents.contains(where: { $0.type == nil }) {
                find(place, .words("it has no parent, and must have one"), "delete it: \(Self.edit)")
            }
            return
        }
        let name = CheckedObjects.hash(elements.dropLast())
        guard let parent = objects.place(of: uuid) else {
            awaited.append(Awaited(place: UInt32(place), type: nil, uuid: uuid, name: name))
            return
        }
        check(place, below: parent, name)
    }

    private mutating func check(_ place: Int, below parent: Int, _ name: UInt64) {
        let (object, above) = (objects[place], objects[parent])
        if above.number >= object.number { find(place, .madeBeforeParent(parent), Self.edit) }
        let typeName = typeNames[Int(above.type)]
        if let type = service.types.type(named: typeNames[Int(object.type)]), let aboveType = service.types.type(named: typeName),
            !type.parents.contains(where: { $0.type == aboveType.number })
        {
            find(place, .words("a \(typeName) cannot be its parent"), "delete it: \(Self.edit)", isHarmless: true)
        }
        if above.name != name { find(place, .otherName(parent: parent), Self.edit, isHarmless: true) }
    }

    private mutating func checkTexts(_ row: ObjectRow, _ place: Int, _ type: TypeEntry) {
        guard let value = try? JSONValue(parsing: row.properties), case .object = value, (try? row.checkProperties()) != nil else {
            return find(place, .words("its properties are not a JSON object"), Self.edit)
        }
        for (key, value) in PropertySet(text: row.properties).all {
            guard case .property(let index)? = type.members[key] else {
                find(
                    place, .words("the schema has no property \(key) of \(row.type)"), "leave it: it is kept and not shown",
                    isHarmless: true)
                continue
            }
            do {
                _ = try Normalising.value(value, type.resource.properties[index].normalise)
            } catch {
                let path = error.path.isEmpty ? "" : "\(error.path): "
                find(
                    place, .words("its property \(key) does not decode: \(path)\(error.message)"), "set it again with a PUT",
                    isHarmless: true)
            }
        }
        do throws(StoreError) { _ = try row.parsedDetails() } catch {
            find(place, .words("its details do not decode"), Self.edit)
        }
    }

    // MARK: References

    private mutating func checkReferences(_ row: ObjectRow, _ place: Int) {
        var read: [(type: UInt32, target: UUIDValue, number: UInt64)] = []
        do throws(StoreError) {
            try row.forEachReference { type, target, number in read.append((self.number(ofType: type), target, number)) }
        } catch {
            return find(place, .words("its references do not decode: \(error.message)"), Self.edit)
        }
        for (type, target, number) in read {
            references.append((number, UInt32(place), UInt32(truncatingIfNeeded: target.low ^ target.high ^ UInt64(type) << 24)))
            if let other = objects.place(of: target) {
                if objects[other].type != type { missing(target, type, place) }
            } else {
                awaited.append(Awaited(place: UInt32(place), type: type, uuid: target))
            }
        }
    }

    private mutating func missing(_ target: UUIDValue, _ type: UInt32, _ place: Int) {
        find(
            place, .words("it refers to the \(typeNames[Int(type)]) \(target), which is missing"), "remove the reference: \(Self.edit)")
    }

    public mutating func addValue(_ key: String, _ value: [UInt8]) {
        guard (try? JSONValue(parsing: value)) == nil else { return }
        find(
            nil, .words("it is not JSON"), "store it again, or delete it", subject: "the value '\(key)' of useragent-kv")
    }

    // MARK: All together

    /// - Parameter rows: all that was added, to be looked at again.
    public consuming func finish(_ rows: any StoredRows) throws(StoreError) -> ConfigurationFindings {
        for each in awaited {
            let other = objects.place(of: each.uuid)
            if let type = each.type {
                if other.map({ objects[$0].type != type }) ?? true { missing(each.uuid, type, Int(each.place)) }
            } else if let other {
                check(Int(each.place), below: other, each.name)
            } else {
                find(
                    Int(each.place), .words("it is an orphan: its parent \(each.uuid) is missing"),
                    "delete it, or give it another parent: \(Self.edit)")
            }
        }
        awaited = []
        checkNumbers()
        if findings.errors == 0 {
            let (allocations, objects) = (allocations, objects)
            self.allocations = AllocationCheck(service)
            try allocations.finish(rows, { objects.place(of: $0) }) { self.note($0) }
        }
        found.sort { ($0.isHarmless ? 1 : 0, $0.place ?? Int.max) < ($1.isHarmless ? 1 : 0, $1.place ?? Int.max) }
        for each in found {
            if let finding = try finding(each, rows) { findings.all.append(finding) }
        }
        return findings
    }

    private mutating func checkNumbers() {
        if !isInOrder {
            let sorted = objects.all.indices.sorted { (objects[$0].number, $0) < (objects[$1].number, $1) }
            for (left, right) in zip(sorted, sorted.dropFirst()) where objects[left].number == objects[right].number {
                find(right, .words("its number \(objects[right].number) occurs twice"), Self.edit)
            }
        }
        references.sort { ($0.number, $0.place) < ($1.number, $1.place) }
        for index in references.indices.dropFirst() {
            let (one, other) = (references[index - 1], references[index])
            guard one.number == other.number else { continue }
            // They are told apart by their number where one object is referred to, and by its type who refers to it.
            if one.target == other.target, objects[Int(one.place)].type == objects[Int(other.place)].type {
                find(
                    Int(other.place), .sameReference(other.number, Int(one.place)),
                    "until it has another number no server loads this: \(Self.edit)")
                continue
            }
            guard one.place != other.place else { continue }
            find(
                Int(other.place), .sameReference(other.number, Int(one.place)),
                "harmless, as they refer to two objects; remove the reference and add it again", isHarmless: true)
        }
        references = []
    }

    // MARK: Words

    /// nil when two names were found equal that are not.
    private func finding(_ found: Found, _ rows: any StoredRows) throws(StoreError) -> ConfigurationFinding? {
        var row: ObjectRow?
        if let place = found.place { row = try self.row(place, rows) }
        func name(_ place: Int) throws(StoreError) -> String { self.name(place, try self.row(place, rows)) }
        let problem: String
        switch found.problem {
        case .words(let words): problem = words
        case .sameUUID(let other): problem = "it has the UUID of \(try name(other))"
        case .sameName(let other):
            let otherRow = try self.row(other, rows)
            if let row, let otherRow, row.name != otherRow.name { return nil }
            problem = "it has the name of \(self.name(other, otherRow))"
        case .madeBeforeParent(let parent): problem = "it was made before its parent \(try name(parent))"
        case .otherName(let parent): problem = "its name does not continue that of its parent \(try name(parent))"
        case .sameReference(let number, let other): problem = "the number \(number) of a reference is also one of \(try name(other))"
        case .sameAllocation(let number, let space, let other):
            problem = "it holds the number \(number) of \(space), which \(try name(other)) holds too"
        }
        return ConfigurationFinding(
            subject: found.place.map { self.name($0, row) } ?? found.subject, problem: problem, mend: found.mend,
            isHarmless: found.isHarmless)
    }

    private func row(_ place: Int, _ rows: any StoredRows) throws(StoreError) -> ObjectRow? {
        let object = objects[place]
        // Where two have one number, the row may be of the other one.
        guard let row = try rows.object(object.number), row.uuid == object.uuid else { return nil }
        return row
    }

    private func name(_ place: Int, _ row: ObjectRow?) -> String {
        let object = objects[place]
        let name = row.map { " (\(FullyQualifiedName.joined($0.name)))" } ?? ""
        return "\(typeNames[Int(object.type)]) \(object.uuid)\(name)"
    }
}
