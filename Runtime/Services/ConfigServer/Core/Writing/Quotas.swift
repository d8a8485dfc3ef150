// Limits on how many objects a project has (`quota` of the project). They are counted when they matter, from the image: a counter that is
// kept apart can be wrong.

import Coding
import ConfigurationModel
import NetworkTypes
import Resources

/// The limits of one project.
public struct Quota {
    private let limits: JSONValue
    /// What holds where the project sets nothing.
    private let standard: [String: Int]

    /// nil: the project sets none.
    init?(_ project: ObjectState, standard: [String: Int]) {
        self.standard = standard
        guard let stored = project.properties["quota"] else {
            limits = .null
            return
        }
        do { limits = try JSONValue(parsing: stored) } catch { return nil }
    }

    /// nil: as many as you like. `key` is a member of QuotaType.
    func limit(_ key: String) -> Int? {
        let own = limits[key]?.integer
        // One is the most there can be, and none what there is unless somebody says otherwise.
        if key == "host_based_service" { return own == 1 ? 1 : 0 }
        let limit = own ?? limits["defaults"]?.integer ?? standard[key] ?? standard["defaults"] ?? -1
        return limit < 0 ? nil : limit
    }

    static func exceeded(_ limit: Int, _ key: String) -> Refusal {
        Refusal(
            412, "quota limit (\(limit)) exceeded for resource \(key): delete some, or raise quota.\(key) of the project")
    }
}

extension Quota {
    /// Checks limits that are to hold for projects that set none: members of QuotaType, as `quota` of a project has them.
    ///
    /// - Throws: a sentence that names the member.
    public static func checked(_ limits: [String: Int]) throws(Refusal) -> [String: Int] {
        let members = limits.sorted { $0.key < $1.key }.map { JSONValue.Member(key: $0.key, value: .integer($0.value)) }
        do {
            _ = try QuotaType(json: JSONValue.object(members).bytes)
        } catch {
            throw Refusal("Quota: ", error)
        }
        return limits
    }
}

extension Draft {
    /// Kinds of objects that a quota can limit one by one; `QuotaType` has more members, which are counted by content.
    private static let limitedTypes: Set = [
        "floating-ip", "instance-ip", "virtual-machine-interface", "virtual-network", "virtual-router", "virtual-DNS",
        "virtual-DNS-record", "bgp-router", "network-ipam", "access-control-list", "network-policy", "floating-ip-pool",
        "service-template", "service-instance", "logical-router", "security-group", "global-vrouter-config", "loadbalancer",
        "loadbalancer-listener", "loadbalancer-pool", "loadbalancer-member", "loadbalancer-healthmonitor", "virtual-ip",
        "security-logging-object", "route-table", "firewall-policy", "firewall-rule", "host-based-service",
    ]

    /// Refuses a new object that would be one too many.
    func checkQuota(of object: ObjectDraft) throws(Refusal) {
        guard Self.limitedTypes.contains(object.type.name), try isVisible(object), let project = project(of: object),
            let limit = Quota(project, standard: rules.quotas)?.limit(object.type.resource.key)
        else { return }
        let count: Int
        if object.identity.parent?.uuid == project.identity.uuid {
            count = childCount(of: project.identity, object.type.number)
        } else if let parent = object.identity.parent, parent.parent?.uuid == project.identity.uuid {
            var total = 0
            image.forEachRelative(of: project.identity, .children(parent.type)) { sibling in
                total += childCount(of: sibling, object.type.number)
                return true
            }
            count = total
        } else {
            count = image.relativeCount(of: project.identity, .backReferences(object.type.number))
        }
        guard count < limit else { throw Quota.exceeded(limit, object.type.resource.key) }
    }

    /// Refuses a change that adds to what is counted inside objects of a type, such as the rules of a project's security groups.
    ///
    /// - Parameter count: how many one object has.
    func checkQuota(
        _ key: String, of object: ObjectDraft, replacing before: ObjectState?, _ count: (ObjectDraft) throws(Refusal) -> Int
    ) throws(Refusal) {
        guard try isVisible(object), let parent = object.identity.parent, types[parent.type].name == "project",
            let project = state(parent.uuid), let limit = Quota(project, standard: rules.quotas)?.limit(key)
        else { return }
        let own = try count(object)
        let stored = try before.map { state throws(Refusal) in try count(ObjectDraft(state, object.type)) } ?? 0
        guard own > stored else { return }
        var total = own
        for sibling in children(of: parent, object.type.number) where sibling.identity !== object.identity {
            let other = ObjectDraft(sibling, object.type)
            if try isVisible(other) { total += try count(other) }
        }
        guard total <= limit else { throw Quota.exceeded(limit, key) }
    }

    /// Objects that the system hides from its users do not count against them.
    private func isVisible(_ object: ObjectDraft) throws(Refusal) -> Bool {
        try object.value(IdPermsType.key, as: IdPermsType.self)?.userVisible ?? true
    }

    /// The project that an object counts in: the one that it refers to, its parent, or its parent's parent.
    private func project(of object: ObjectDraft) -> ObjectState? {
        if let referred = object.targets("project", types).first { return state(referred.uuid) }
        var ancestor = object.identity.parent
        for _ in 0..<2 {
            guard let current = ancestor else { return nil }
            if types[current.type].name == "project" { return state(current.uuid) }
            guard object.type.name == "floating-ip-pool" || object.type.name == "loadbalancer-member" else { return nil }
            ancestor = current.parent
        }
        return nil
    }
}
