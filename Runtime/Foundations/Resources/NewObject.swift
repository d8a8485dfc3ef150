// How a program says which object it is about to make, and what it refers to: by other objects, instead of by lists of names. Stands on the
// identity that every object has; promises names only, nothing of the server's.

extension ConfigurationObject {
    /// An object that is to be made directly below the root: `InstanceIp("web-1")`.
    ///
    /// - Parameter fill: sets its properties and references.
    public init(_ name: String, _ fill: (inout Self) -> Void = { _ in }) {
        self.init()
        identity = ObjectIdentity([name])
        fill(&self)
    }

    /// An object that is to be made below another: `VirtualNetwork("web", below: project)`.
    ///
    /// - Parameters:
    ///   - parent: has its fully qualified name: it was read, or made with a name itself.
    ///   - fill: sets its properties and references.
    public init<Parent: ConfigurationObject>(_ name: String, below parent: Parent, _ fill: (inout Self) -> Void = { _ in }) {
        self.init()
        identity = ObjectIdentity(parent.identity.fullyQualifiedName + [name], parentType: Parent.typeName)
        fill(&self)
    }
}

extension Reference {
    /// To an object by its name, which need not have a UUID yet.
    public init(to target: some ConfigurationObject, data: Data? = nil) {
        self.init(to: target.identity.fullyQualifiedName, data: data)
    }
}
