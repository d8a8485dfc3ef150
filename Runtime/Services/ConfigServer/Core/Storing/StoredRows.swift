// A store as `tungsten db` has it, which works on all of it at once: read as it is at one moment, or filled anew. A store may be larger than
// the memory: rows pass one by one.

/// What a store holds at one moment.
public protocol StoredRows {
    /// Every object in the order of creation. May be asked more than once, and gives the same each time.
    func forEachObject(_ body: (ObjectRow) throws(StoreError) -> Void) throws(StoreError)

    /// Every value in the order of the keys.
    func forEachValue(_ body: (_ key: String, _ value: [UInt8]) throws(StoreError) -> Void) throws(StoreError)

    /// nil when there is no object with the number.
    func object(_ number: UInt64) throws(StoreError) -> ObjectRow?
}

/// What a store will hold: rows are added, and can be read back, while everybody else still has what it held before.
public protocol NewRows: StoredRows {
    /// Of two rows with one number, one is kept.
    func add(_ row: ObjectRow) throws(StoreError)
    /// Of two values with one key, the later is kept.
    func addValue(_ key: String, _ value: [UInt8]) throws(StoreError)
}

/// A store for those who read or write all of it.
public protocol WholeStore {
    func read(_ body: (StorePosition, any StoredRows) throws(StoreError) -> Void) throws(StoreError)

    /// Puts what `body` adds in the place of everything, in one step. When `body` fails, or the program ends, nothing has happened.
    ///
    /// - Parameter replaces: false: only an empty store is filled.
    /// - Returns: where the store is then, and how many objects it held before.
    func fill(replaces: Bool, _ body: (any NewRows) throws(StoreError) -> Void) throws(StoreError) -> (StorePosition, removed: Int)

    func close()
}

extension StoreError {
    /// Why a store that holds so many objects is not filled.
    public static func notEmpty(_ objects: Int) -> StoreError {
        StoreError(
            .busy,
            "the store is not empty: it has \(objects) objects; --replace removes them in the same step. Export them first")
    }
}
