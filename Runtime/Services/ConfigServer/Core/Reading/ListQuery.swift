// What a list request asks for: from the query of `GET /Ts` or the body of `POST /list-bulk-collection`, which mean the same. Booleans of
// the query are any text that contains `true`, as Python's clients write `True`; `exclude_hrefs` counts by being there.

import Coding

/// A question about the objects of one type.
struct ListQuery {
    let type: TypeEntry
    var parents: [String]?
    var parentName: String?
    var parentType: String?
    var backReferences: [String]?
    var objects: [String]?
    var names: [String]?
    var counts = false
    var isDetailed = false
    var fields: [String] = []
    var filters: [Filter] = []
    var hasLocations = true
    var pageLimit: Int?
    var pageMarker: String?

    var isPaged: Bool { pageLimit != nil || pageMarker != nil }

    static let defaultPageLimit = 256
    /// More than there can be, and far from where numbers overflow.
    private static let greatestPageLimit = 1 << 40

    init(_ target: RequestTarget, of type: TypeEntry) throws(Refusal) {
        self.type = type
        parents = target.list("parent_id")
        parentName = target["parent_fq_name_str"].flatMap { $0.isEmpty ? nil : $0 }
        parentType = target["parent_type"]
        backReferences = target.list("back_ref_id")
        objects = target.list("obj_uuids")
        names = target.list("fq_names")
        counts = Self.isTrue(target["count"])
        isDetailed = Self.isTrue(target["detail"])
        fields = target.list("fields") ?? []
        if let text = target["filters"], !text.isEmpty { filters = try Filter.parse(text) }
        hasLocations = target["exclude_hrefs"] == nil
        if let text = target["page_limit"], !text.isEmpty { pageLimit = try Self.pageLimit(Int(text), text) }
        pageMarker = Self.marker(target["page_marker"])
    }

    /// From the body of a bulk request; `type` is one of its members.
    init(body: [UInt8], _ types: TypeTable) throws(Refusal) {
        let value = try RequestBody.value(body)
        guard let name = value["type"]?.string else { throw Refusal(400, "Bad Request, no type in POST body") }
        guard let type = types.type(named: name) ?? types.type(collection: name) else { throw .unknownType(name) }
        self.type = type
        parents = try Self.strings(value, "parent_id")
        parentName = value["parent_fq_name_str"]?.string
        parentType = value["parent_type"]?.string
        backReferences = try Self.strings(value, "back_ref_id")
        objects = try Self.strings(value, "obj_uuids")
        names = try Self.strings(value, "fq_names")
        counts = Self.isTrue(value["count"])
        isDetailed = Self.isTrue(value["detail"])
        fields = try Self.strings(value, "fields") ?? []
        if let text = value["filters"]?.string, !text.isEmpty { filters = try Filter.parse(text) }
        hasLocations = !Self.isTrue(value["exclude_hrefs"])
        if let limit = value["page_limit"], limit != .null { pageLimit = try Self.pageLimit(limit.integer, "that value") }
        pageMarker = Self.marker(value["page_marker"]?.string)
    }

    private static func isTrue(_ text: String?) -> Bool { text?.lowercased().contains("true") ?? false }

    private static func isTrue(_ value: JSONValue?) -> Bool { value?.boolean ?? isTrue(value?.string) }

    private static func pageLimit(_ limit: Int?, _ text: String) throws(Refusal) -> Int {
        guard let limit, limit > 0 else { throw Refusal(400, "Bad Request, page_limit must be an integer above 0, not \(text)") }
        return min(limit, greatestPageLimit)
    }

    /// Some clients send the end marker of one list as the start of the next.
    private static func marker(_ text: String?) -> String? {
        guard let text, !text.isEmpty, !["none", "null"].contains(text.lowercased()) else { return nil }
        return text
    }

    /// Comma-separated text, or an array of strings.
    private static func strings(_ value: JSONValue, _ key: String) throws(Refusal) -> [String]? {
        switch value[key] {
        case nil, .null: return nil
        case .string(let text): return text.isEmpty ? nil : text.commaSeparated
        case .array(let elements):
            let strings = elements.compactMap(\.string)
            guard strings.count == elements.count else { break }
            return strings
        default: break
        }
        throw Refusal(400, "Bad Request, \(key) must be a string of comma-separated values")
    }
}

/// A condition on a member of an object: any of the values, or anything that has all members of one of them.
struct Filter {
    let key: String
    var values: [JSONValue]

    /// `key==<json>`, separated by commas; values of one key are alternatives, different keys must all match.
    static func parse(_ text: String) throws(Refusal) -> [Filter] {
        let bytes = Array(text.utf8)
        var filters: [Filter] = []
        var places: [String: Int] = [:]
        var start = 0
        while start < bytes.count {
            guard let equals = bytes[start...].firstRange(of: [UInt8(ascii: "="), UInt8(ascii: "=")]) else {
                let rest = String(decoding: bytes[start...], as: UTF8.self)
                throw Refusal(400, "Invalid filter '\(rest)': write name==value, the value in JSON, such as display_name==\"blue\"")
            }
            let key = String(decoding: bytes[start..<equals.lowerBound], as: UTF8.self).trimmingBlanks
            let end = bytes.withUnsafeBufferPointer { JSONScan.endOfValue($0, from: equals.upperBound) }
            let value: JSONValue
            do {
                value = try JSONValue(parsing: bytes[equals.upperBound..<end])
            } catch {
                throw Refusal("Invalid filter for \(key): ", error)
            }
            if let place = places[key] {
                filters[place].values.append(value)
            } else {
                places[key] = filters.count
                filters.append(Filter(key: key, values: [value]))
            }
            start = end + 1
        }
        return filters
    }

    func matches(_ value: JSONValue) -> Bool { values.contains { value.matches($0) } }
}

extension String {
    var trimmingBlanks: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
