// Where printed text collects. An `Array` of bytes would do, but each piece that is appended to one costs it a hundred instructions before
// the first byte is copied, and the pieces are short: names, signs, indentation.

/// Bytes that are appended to and then read; a value, like an array.
public struct Bytes {
    private var storage: ManagedBuffer<Void, UInt8>
    private var capacity: Int
    public private(set) var count = 0

    public init(capacity: Int = 0) {
        self.capacity = capacity
        storage = .create(minimumCapacity: capacity) { _ in }
    }

    public mutating func append(_ byte: UInt8) {
        makeRoom(for: 1)
        storage.withUnsafeMutablePointerToElements { $0[count] = byte }
        count += 1
    }

    // Not inlined: this and the next stand behind every piece of every line of every backend.

    @inline(never)
    public mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        makeRoom(for: bytes.count)
        storage.withUnsafeMutablePointerToElements { ($0 + count).initialize(from: start, count: bytes.count) }
        count += bytes.count
    }

    @inline(never)
    public mutating func append(_ string: String) {
        var string = string
        string.withUTF8 { append($0) }
    }

    public mutating func append(repeating byte: UInt8, count added: Int) {
        makeRoom(for: added)
        storage.withUnsafeMutablePointerToElements { ($0 + count).initialize(repeating: byte, count: added) }
        count += added
    }

    /// Afterwards `added` more bytes fit, and no other value has the storage.
    private mutating func makeRoom(for added: Int) {
        if count + added > capacity || !isKnownUniquelyReferenced(&storage) { move(toCapacity: Swift.max(count + added, 2 * capacity)) }
    }

    @inline(never)
    private mutating func move(toCapacity capacity: Int) {
        let larger = ManagedBuffer<Void, UInt8>.create(minimumCapacity: capacity) { _ in }
        storage.withUnsafeMutablePointerToElements { old in
            larger.withUnsafeMutablePointerToElements { $0.initialize(from: old, count: count) }
        }
        storage = larger
        self.capacity = capacity
    }
}

extension Bytes: RandomAccessCollection, Equatable {
    public var startIndex: Int { 0 }
    public var endIndex: Int { count }
    public subscript(index: Int) -> UInt8 { withUnsafeBytes { $0[index] } }

    public func withUnsafeBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try storage.withUnsafeMutablePointerToElements { try body(UnsafeBufferPointer(start: $0, count: count)) }
    }

    public func withContiguousStorageIfAvailable<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result? {
        try withUnsafeBytes(body)
    }

    public static func == (left: Bytes, right: Bytes) -> Bool { left.elementsEqual(right) }
}
