// Values of a request in the one form that is stored: read by the generated types, which check them, and written again.

import Coding
import Resources

extension PropertyDescriptor {
    /// The checked, normal form of a value.
    func normalised(_ bytes: [UInt8], _ prefix: String) throws(Refusal) -> [UInt8] {
        do {
            return try Normalising.value(bytes, normalise)
        } catch {
            throw Refusal(prefix, error, in: key)
        }
    }
}

enum Normalising {
    static func value(_ bytes: [UInt8], _ normalise: Normalise) throws(CodingError) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: bytes.count + 16)
        try JSONReader.read(bytes) { reader throws(CodingError) in try normalise(&reader, &writer) }
        return writer.finish()
    }
}

/// What a list of references in a request asks for.
struct ReferenceRequest {
    let reference: TypeEntry.Reference
    let entry: ReferenceBody
    /// Checked and normal; nil when there is none, or the reference carries none.
    let data: [UInt8]?
}

extension ObjectBody {
    /// The properties of the request, checked; nil for those to be removed.
    func checkedProperties(_ type: TypeEntry, _ prefix: String) throws(Refusal) -> [Int: [UInt8]?] {
        var checked: [Int: [UInt8]?] = [:]
        // In the schema's order, so that the same body always fails at the same member.
        for (index, value) in properties.sorted(by: { $0.key < $1.key }) {
            if let value {
                checked[index] = .some(try type.resource.properties[index].normalised(value, prefix))
            } else {
                checked[index] = .some(nil)
            }
        }
        return checked
    }

    /// The references of the request by number of the reference, checked but for the existence of their targets.
    func checkedReferences(_ type: TypeEntry, _ prefix: String) throws(Refusal) -> [Int: [ReferenceRequest]] {
        var checked: [Int: [ReferenceRequest]] = [:]
        for (index, list) in references.sorted(by: { $0.key < $1.key }) {
            let reference = type.references[index]
            let key = reference.descriptor.key
            var requests: [ReferenceRequest] = []
            if let list {
                let entries: [ReferenceBody]
                do {
                    entries = try ReferenceBody.list(list)
                } catch {
                    throw Refusal(prefix, error, in: key)
                }
                for (position, entry) in entries.enumerated() {
                    requests.append(try reference.request(entry, prefix, "\(key)[\(position)]"))
                }
            }
            checked[index] = requests
        }
        return checked
    }
}

extension TypeEntry.Reference {
    /// Checks one entry and its data.
    func request(_ entry: ReferenceBody, _ prefix: String, _ place: String) throws(Refusal) -> ReferenceRequest {
        guard entry.name != nil || entry.uuid != nil else {
            throw Refusal(400, "\(prefix)\(place): a reference must have \"to\", a fully qualified name, or \"uuid\"")
        }
        var data: [UInt8]?
        if let bytes = entry.data, let normalise = descriptor.normalise {
            do {
                data = try Normalising.value(bytes, normalise)
            } catch {
                throw Refusal(prefix, error, in: "\(place).attr")
            }
        }
        return ReferenceRequest(reference: self, entry: entry, data: data)
    }
}
