// The older platform's export (its tool db_json_exim): the wide rows of its Cassandra tables and the nodes of its ZooKeeper, as one JSON
// document. Objects come from `obj_uuid_table`, what clients kept for themselves from `useragent_keyval_table`. Numbers and addresses in
// use come from the objects that have them, which is where that platform's ZooKeeper has them from.
//
//     {"cassandra": {"config_db_uuid": {"obj_uuid_table": {UUID: {COLUMN: [TEXT, TIMESTAMP], …}, …}, …},
//                    "useragent": {"useragent_keyval_table": {KEY: {"value": [TEXT, TIMESTAMP]}}}, …}, "zookeeper": …}

import Coding
import NetworkTypes
import Resources

/// A configuration of the older platform, in the form of this one's.
public struct OlderExport {
    public private(set) var archive = ConfigurationArchive()
    /// What could not be taken over, in words: each is left out of `archive`.
    public private(set) var problems: [String] = []
    private let service: ConfigurationService

    /// One row of the older table.
    private struct Row {
        struct Cell {
            let column: String
            let value: JSONValue
            let timestamp: UInt64
        }

        let uuid: UUIDValue
        let type: TypeEntry
        let name: [String]
        let parent: UUIDValue?
        let made: UInt64
        let cells: [Cell]

        var title: String { "\(type.name) \(uuid) (\(name.joined(separator: ":")))" }

        /// The cells whose column begins with a word, and the rest of the column.
        func cells(_ word: String) -> [(rest: String, cell: Cell)] {
            cells.filter { $0.column.hasPrefix(word + ":") }.map { (String($0.column.dropFirst(word.count + 1)), $0) }
        }
    }

    /// The tables that are read. All rows must be there before one can be made: they come in no order, and the order of objects is that of
    /// their parents and their times. Of everything else in an export, which is as much again, nothing is held.
    struct Tables {
        fileprivate var objects: [(key: String, columns: JSONValue)] = []
        fileprivate var values: [(key: String, columns: JSONValue)] = []
        private var hasObjects = false

        /// Reads a member of the document.
        ///
        /// - Returns: false, and nothing read, when such an export has no such member.
        mutating func read(_ member: String, _ reader: inout DocumentReader) throws(StoreError) -> Bool {
            switch member {
            case "cassandra":
                try reader.beginObject()
                while let keyspace = try reader.nextMember() { try read(keyspace: keyspace, &reader) }
            case "zookeeper": try reader.skip()
            default: return false
            }
            return true
        }

        private mutating func read(keyspace: String, _ reader: inout DocumentReader) throws(StoreError) {
            // Installations that shared a Cassandra have a prefix before the names of keyspaces.
            func isNamed(_ name: String) -> Bool { keyspace == name || keyspace.hasSuffix("_" + name) }
            let table = isNamed("config_db_uuid") ? "obj_uuid_table" : isNamed("useragent") ? "useragent_keyval_table" : nil
            guard let table else { return try reader.skip() }
            try reader.beginObject()
            while let member = try reader.nextMember() {
                guard member == table else {
                    try reader.skip()
                    continue
                }
                if table == "obj_uuid_table" { hasObjects = true }
                try reader.beginObject()
                while let key = try reader.nextMember() {
                    let columns = try reader.read { reader throws(CodingError) in try JSONValue(from: &reader) }
                    if table == "obj_uuid_table" { objects.append((key, columns)) } else { values.append((key, columns)) }
                }
            }
        }

        /// After the last member.
        func finish(_ reader: inout DocumentReader) throws(StoreError) {
            try reader.end()
            guard hasObjects else { throw reader.failure("the export has no cassandra.config_db_uuid.obj_uuid_table") }
        }
    }

    /// Reads a whole document.
    init(parsing text: [UInt8], _ service: ConfigurationService) throws(StoreError) {
        var rest = text
        var reader = DocumentReader {
            defer { rest = [] }
            return rest
        }
        var tables = Tables()
        try reader.beginObject()
        while let member = try reader.nextMember() {
            if try !tables.read(member, &reader) { try reader.skip() }
        }
        try tables.finish(&reader)
        self.init(tables, service)
    }

    init(_ tables: consuming Tables, _ service: ConfigurationService) {
        self.service = service
        var values = tables.values
        values.sort { $0.key < $1.key }
        for (key, columns) in values {
            guard let text = Self.text(columns["value"])?.text else { continue }
            archive.values.append((key, JSONValue.string(text).bytes))
        }
        var rows: [Row] = []
        rows.reserveCapacity(tables.objects.count)
        for (key, columns) in tables.objects {
            if let row = row(key, columns) { rows.append(row) }
        }
        tables.objects = []
        takeOver(inOrder(rows))
    }

    // MARK: Reading rows

    /// A cell's text and when it was written: `[text, timestamp]`, or the text alone.
    private static func text(_ cell: JSONValue?) -> (text: String, timestamp: UInt64)? {
        guard let cell else { return nil }
        if let text = cell.string { return (text, 0) }
        guard let text = cell.elements.first?.string else { return nil }
        return (text, cell.elements.last?.unsignedInteger ?? 0)
    }

    private mutating func row(_ key: String, _ columns: JSONValue) -> Row? {
        guard let uuid = UUIDValue(anySpelling: key) else {
            problems.append("the row '\(key)' is not named by a UUID")
            return nil
        }
        var cells: [Row.Cell] = []
        for (column, content) in columns.members {
            guard let (text, timestamp) = Self.text(content), let value = try? JSONValue(parsing: Array(text.utf8)) else {
                problems.append("\(uuid): the column \(column) is not JSON")
                continue
            }
            cells.append(Row.Cell(column: column, value: value, timestamp: timestamp))
        }
        func value(_ column: String) -> JSONValue? { cells.first { $0.column == column }?.value }
        guard let typeName = value("type")?.string, let name = value("fq_name")?.elements.compactMap(\.string), !name.isEmpty else {
            problems.append("\(uuid): the row has no type or no fq_name")
            return nil
        }
        // The root is no object here.
        if typeName == "config_root" || typeName == TypeTable.rootTypeName { return nil }
        guard let type = service.types.type(named: typeName) else {
            problems.append("\(uuid) (\(name.joined(separator: ":"))): the schema has no type \(typeName)")
            return nil
        }
        let parent = cells.first { $0.column.hasPrefix("parent:") && !$0.column.hasPrefix("parent:config_root:") }
        let parentUUID = parent.flatMap { $0.column.split(separator: ":").last }.flatMap { UUIDValue(anySpelling: String($0)) }
        let made = cells.first { $0.column == "fq_name" }?.timestamp ?? 0
        return Row(uuid: uuid, type: type, name: name, parent: parentUUID, made: made, cells: cells)
    }

    /// Parents first, and otherwise as they were made. Rows below one that is missing are left out.
    private mutating func inOrder(_ rows: [Row]) -> [Row] {
        var children: [UUIDValue: [Row]] = [:]
        for row in rows {
            if let parent = row.parent { children[parent, default: []].append(row) }
        }
        let known = Set(rows.map(\.uuid))
        for row in rows {
            if let parent = row.parent, !known.contains(parent) { problems.append("\(row.title): its parent \(parent) is missing") }
        }
        var ordered: [Row] = []
        var level = rows.filter { $0.parent == nil }
        while !level.isEmpty {
            level.sort { ($0.made, $0.uuid) < ($1.made, $1.uuid) }
            ordered += level
            level = level.flatMap { children.removeValue(forKey: $0.uuid) ?? [] }
        }
        return ordered
    }

    // MARK: Making objects

    private mutating func takeOver(_ rows: [Row]) {
        var identities: [UUIDValue: Identity] = [:]
        for (index, row) in rows.enumerated() {
            let parent = row.parent.flatMap { identities[$0] }
            identities[row.uuid] = Identity(
                uuid: row.uuid, type: row.type.number, name: FullyQualifiedName.json(row.name), parent: parent, number: UInt64(index + 1))
        }
        var relaxed: Set<[UUIDValue]> = []
        for row in rows {
            for (referrer, _) in row.cells("relaxbackref") {
                if let uuid = UUIDValue(anySpelling: referrer) { relaxed.insert([uuid, row.uuid]) }
            }
        }
        var lastNumber = UInt64(rows.count)
        var states: [ObjectState] = []
        for row in rows {
            guard let identity = identities[row.uuid] else { continue }
            var object = ObjectDraft(identity, row.type)
            takeProperties(of: row, into: &object)
            takeElements(of: row, into: &object)
            for (place, cell) in row.cells("ref").sorted(by: { ($0.cell.timestamp, $0.rest) < ($1.cell.timestamp, $1.rest) }) {
                guard let uuid = place.split(separator: ":").last.flatMap({ UUIDValue(anySpelling: String($0)) }),
                    let target = identities[uuid]
                else {
                    problems.append("\(row.title): it refers to \(place), which is missing")
                    continue
                }
                lastNumber += 1
                take(
                    ObjectReference(target: target, data: nil, number: lastNumber, isRelaxed: relaxed.contains([row.uuid, uuid])),
                    cell.value["attr"] ?? .null, of: row, into: &object)
            }
            states.append(object.state)
        }
        archive.rows = held(states).map { ObjectRow($0, service.types) }
    }

    private mutating func takeProperties(of row: Row, into object: inout ObjectDraft) {
        for (name, cell) in row.cells("prop") where cell.value != .null {
            guard case .property(let index)? = row.type.members[name] else {
                problems.append("\(row.title): the schema has no property \(name)")
                continue
            }
            take(cell.value, as: index, of: row, into: &object)
        }
    }

    /// Lists and maps are stored element by element; the order is that of the columns as text.
    private mutating func takeElements(of row: Row, into object: inout ObjectDraft) {
        for word in ["propl", "propm"] {
            var elements: [String: [(position: String, value: JSONValue)]] = [:]
            for (rest, cell) in row.cells(word).sorted(by: { $0.rest < $1.rest }) {
                let name = String(rest.prefix { $0 != ":" })
                elements[name, default: []].append((String(rest.dropFirst(name.count + 1)), cell.value))
            }
            for (name, list) in elements.sorted(by: { $0.key < $1.key }) {
                guard case .property(let index)? = row.type.members[name] else {
                    problems.append("\(row.title): the schema has no property \(name)")
                    continue
                }
                switch row.type.resource.properties[index].shape {
                case .single: problems.append("\(row.title): \(name) is neither a list nor a map in the schema")
                case .list(let member, _):
                    take(.object([.init(key: member, value: .array(list.map(\.value)))]), as: index, of: row, into: &object)
                    let positions = list.map(\.position)
                    if positions != list.indices.map(String.init) { object.positions[name] = positions }
                case .map(let member, _, _):
                    take(.object([.init(key: member, value: .array(list.map(\.value)))]), as: index, of: row, into: &object)
                }
            }
        }
    }

    private mutating func take(_ value: JSONValue, as index: Int, of row: Row, into object: inout ObjectDraft) {
        let property = row.type.resource.properties[index]
        do {
            object.properties[index] = try Normalising.value(value.bytes, property.normalise)
        } catch {
            problems.append("\(row.title): \(property.key)\(error.path.isEmpty ? "" : "." + error.path): \(error.message)")
        }
    }

    private mutating func take(
        _ reference: ObjectReference, _ data: JSONValue, of row: Row, into object: inout ObjectDraft
    ) {
        var reference = reference
        let target = reference.target
        guard let index = row.type.referenceByTarget[target.type] else {
            problems.append("\(row.title): a \(row.type.name) cannot refer to the \(service.types[target.type].name) \(target.joinedName)")
            return
        }
        if data != .null, let normalise = row.type.references[index].descriptor.normalise {
            do {
                reference.data = try Normalising.value(data.bytes, normalise)
            } catch {
                problems.append("\(row.title): its reference to \(target.joinedName): \(error.path): \(error.message)")
            }
        }
        object.references.append(reference)
    }

    // MARK: What objects hold

    /// The objects with the numbers and addresses that their properties say.
    private mutating func held(_ states: [ObjectState]) -> [ObjectState] {
        var image = Image()
        var transaction = Transaction()
        transaction.changes = states.map { .put($0) }
        image.apply(transaction)
        let draft = service.makeDraft(image, now: Timestamp(microseconds: 0), random: SystemRandomNumberGenerator())
        var owners: [Allocation: ObjectState] = [:]
        var made: [ObjectState] = []
        for state in states {
            var object = ObjectDraft(state, service.types[state.identity.type])
            do throws(Refusal) {
                for allocation in try draft.expectedAllocations(of: state) {
                    if let other = owners.updateValue(state, forKey: allocation) {
                        problems.append(
                            "\(object.type.name) \(state.identity.uuid) (\(state.identity.joinedName)): its number \(allocation.number) of "
                                + "\(allocation.space) is also that of \(other.identity.joinedName)")
                    } else {
                        object.allocations.append(allocation)
                    }
                }
            } catch {
                problems.append("\(object.type.name) \(state.identity.uuid) (\(state.identity.joinedName)): \(error.message)")
            }
            made.append(object.state)
        }
        return made
    }
}
