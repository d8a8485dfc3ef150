// Numbers for things with names: interfaces, VRFs, next hops and labels. A thing keeps its number as long as it exists, across restarts of the
// agent: numbers are in flow keys, and labels are what other hosts put on packets.

import Coding

/// Gives out numbers from a range. The one that was free longest comes next, so that a number whose user is gone is not soon taken for
/// another's.
public struct IndexTable: Sendable, Equatable {
    public let range: ClosedRange<UInt32>
    public private(set) var numbers: [String: UInt32] = [:]
    private var users: [UInt32: String] = [:]
    private var next: UInt32

    public init(_ range: ClosedRange<UInt32>) {
        self.range = range
        next = range.lowerBound
    }

    public subscript(_ name: String) -> UInt32? { numbers[name] }

    /// Who has a number.
    public func name(of number: UInt32) -> String? { users[number] }

    /// The number of a name, a new one if it has none; nil when all are in use.
    public mutating func claim(_ name: String) -> UInt32? {
        if let number = numbers[name] { return number }
        guard users.count < range.count else { return nil }
        while users[next] != nil { advance() }
        let number = next
        advance()
        numbers[name] = number
        users[number] = name
        return number
    }

    public mutating func release(_ name: String) {
        if let number = numbers.removeValue(forKey: name) { users[number] = nil }
    }

    /// Releases all names but these.
    public mutating func keep(_ names: Set<String>) {
        for name in numbers.keys where !names.contains(name) { release(name) }
    }

    private mutating func advance() { next = next == range.upperBound ? range.lowerBound : next + 1 }

    /// Takes back what an earlier agent gave out. A number out of range, or that two names have, is given to none but the first in the alphabet.
    mutating func restore(_ saved: [String: UInt32], next: UInt32) {
        for (name, number) in saved.sorted(by: { $0.key < $1.key }) where range.contains(number) && users[number] == nil {
            numbers[name] = number
            users[number] = name
        }
        if range.contains(next) { self.next = next }
    }

    mutating func restore(_ reader: inout JSONReader) throws(CodingError) {
        var numbers: [String: UInt32] = [:]
        var next = range.lowerBound
        try reader.beginObject()
        while let member = try reader.nextMember() {
            if member == "next" {
                next = UInt32(try reader.integer(in: 0...Int(UInt32.max)))
            } else if member == "numbers" {
                try reader.beginObject()
                while let name = try reader.nextMember() { numbers[name] = UInt32(try reader.integer(in: 0...Int(UInt32.max))) }
            } else {
                try reader.skipValue()
            }
        }
        restore(numbers, next: next)
    }

    func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("next", Int(next))
        writer.key("numbers")
        writer.beginObject()
        for (name, number) in numbers.sorted(by: { $0.key < $1.key }) {
            writer.key(name)
            writer.value(Int(number))
        }
        writer.endObject()
        writer.endObject()
    }
}

/// All numbers that the agent gives out.
public struct AgentIndexes: Sendable, Equatable {
    public var interfaces: IndexTable
    public var vrfs: IndexTable
    public var nextHops: IndexTable
    public var labels: IndexTable
    /// The positions of the members of ECMP next hops, whose flows remember them: a member that goes leaves its position empty.
    private(set) var positions: [String: [String?]] = [:]

    /// The physical interface, the host's and the agent's have the numbers that operators know them by.
    public static let physical: UInt32 = 0
    public static let host: UInt32 = 1
    public static let agent: UInt32 = 2

    /// - Parameters: how many entries the forwarder's tables hold.
    public init(interfaces: UInt32 = 4352, vrfs: UInt32 = 4096, nextHops: UInt32 = 65536, labels: UInt32 = 16384) {
        self.interfaces = IndexTable(3...max(interfaces, 4) - 1)
        self.vrfs = IndexTable(1...max(vrfs, 2) - 1)
        self.nextHops = IndexTable(1...max(nextHops, 2) - 1)
        self.labels = IndexTable(16...max(labels, 17) - 1)
    }

    /// The members of an ECMP next hop in their positions: those that were there where they were, new ones in empty positions or at the end.
    mutating func arrange(_ members: Set<String>, of nextHop: String) -> [String?] {
        var places = (positions[nextHop] ?? []).map { place in place.flatMap { members.contains($0) ? $0 : nil } }
        for member in members.subtracting(places.compactMap { $0 }).sorted() {
            if let empty = places.firstIndex(of: nil) { places[empty] = member } else { places.append(member) }
        }
        while places.last == .some(nil) { places.removeLast() }
        positions[nextHop] = places
        return places
    }

    mutating func keepPositions(of nextHops: Set<String>) { positions = positions.filter { nextHops.contains($0.key) } }

    /// The file that the numbers are kept in.
    public var file: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("version", 1)
        writer.key("interfaces")
        interfaces.encode(to: &writer)
        writer.key("vrfs")
        vrfs.encode(to: &writer)
        writer.key("next-hops")
        nextHops.encode(to: &writer)
        writer.key("labels")
        labels.encode(to: &writer)
        writer.key("positions")
        writer.beginObject()
        for (nextHop, members) in positions.sorted(by: { $0.key < $1.key }) {
            writer.key(nextHop)
            writer.beginArray()
            for member in members { if let member { writer.value(member) } else { writer.null() } }
            writer.endArray()
        }
        writer.endObject()
        writer.endObject()
        return writer.finish()
    }

    /// Takes back the numbers in a file. Nothing changes if the file cannot be read.
    public mutating func restore(_ file: [UInt8]) throws(CodingError) {
        var restored = self
        try JSONReader.read(file, unknownMembers: .skip) { reader throws(CodingError) in
            try reader.beginObject()
            while let member = try reader.nextMember() {
                switch member {
                case "interfaces": try restored.interfaces.restore(&reader)
                case "vrfs": try restored.vrfs.restore(&reader)
                case "next-hops": try restored.nextHops.restore(&reader)
                case "labels": try restored.labels.restore(&reader)
                case "positions":
                    try reader.beginObject()
                    while let nextHop = try reader.nextMember() {
                        var members: [String?] = []
                        try reader.beginArray()
                        while try reader.nextElement() { members.append(try reader.optional()) }
                        restored.positions[nextHop] = members
                    }
                default: try reader.skipValue()
                }
            }
        }
        self = restored
    }
}
