// What the server knows about one type beyond its schema. One file a type, named after it. A rule sees every change to its type, whichever
// request it came by, and reaches nothing but the draft it is given.

/// The behaviour of one object type. Whatever a rule does not say has no effect.
protocol Rule: Sendable {
    /// The schema's noun.
    var type: String { get }

    /// Changes what a request to make an object says, before anything of it is checked.
    func prepare(_ body: inout ObjectBody, _ type: TypeEntry) throws(Refusal)

    /// Fills in and checks an object that is about to be made or changed. `before` is the stored version; nil when the object is new.
    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal)

    /// Makes what belongs to an object that was just made.
    func made(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal)

    /// Changes others because of an object that was just changed.
    func changed(_ object: ObjectDraft, replacing before: ObjectState, in draft: inout Draft) throws(Refusal)

    /// Checks or completes the removal of an object; its children are gone already, and nothing refers to it. `root` is what was asked to
    /// be deleted: the object itself, or an ancestor that takes it along.
    func removing(_ state: ObjectState, along root: Identity, in draft: inout Draft) throws(Refusal)

}

/// A rule that knows more now than when some of the stored objects were made.
protocol UpgradingRule: Rule {
    /// Whether `completeOlder` may have something to do. Asked of every object of the type at the start, so no more than a glance.
    func isOlder(_ state: ObjectState, in draft: Draft) -> Bool

    /// Gives an object that an older version of the server made what it would have if it were made now, and saves it when it changes.
    func completeOlder(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal)
}

extension Rule {
    func prepare(_ body: inout ObjectBody, _ type: TypeEntry) throws(Refusal) {}
    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {}
    func made(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal) {}
    func changed(_ object: ObjectDraft, replacing before: ObjectState, in draft: inout Draft) throws(Refusal) {}
    func removing(_ state: ObjectState, along root: Identity, in draft: inout Draft) throws(Refusal) {}
}

/// The rules by type.
struct Rulebook: Sendable {
    private let rules: [(any Rule)?]
    /// Limits for projects that set none (Quota).
    let quotas: [String: Int]

    /// Rules for types that the schema does not have are left out.
    init(_ types: TypeTable, _ rules: [any Rule], quotas: [String: Int] = [:]) {
        self.quotas = quotas
        var slots = [(any Rule)?](repeating: nil, count: types.entries.count)
        for rule in rules {
            guard let type = types.type(named: rule.type) else { continue }
            slots[Int(type.number)] = rule
        }
        self.rules = slots
    }

    subscript(type: TypeNumber) -> (any Rule)? { rules[Int(type)] }

    /// The rules that upgrade objects of their type, in the order of the types.
    var upgrading: [(type: TypeNumber, rule: any UpgradingRule)] {
        rules.enumerated().compactMap { number, rule in (rule as? any UpgradingRule).map { (TypeNumber(number), $0) } }
    }

    /// Every rule there is.
    static let all: [any Rule] =
        [
            AddressGroupRule(), AlarmRule(), AliasIpRule(), ApplicationPolicySetRule(), BgpAsAServiceRule(), BgpRouterRule(), BgpvpnRule(),
            BridgeDomainRule(), DataCenterInterconnectRule(), FabricRule(), FirewallPolicyRule(), FirewallRuleRule(), FloatingIpPoolRule(),
            FloatingIpRule(), ForwardingClassRule(), GlobalSystemConfigRule(), HostBasedServiceRule(), InstanceIpRule(),
            LoadbalancerHealthmonitorRule(), LogicalInterfaceRule(), LogicalRouterRule(), NetworkIpamRule(), NetworkPolicyRule(),
            PhysicalInterfaceRule(),
            PortProfileRule(), ProjectRule(), QosConfigRule(), RouteAggregateRule(), RouteTargetRule(), RoutingPolicyRule(),
            SecurityGroupRule(), ServiceApplianceSetRule(), ServiceGroupRule(), StormControlProfileRule(), SubClusterRule(), TagRule(),
            TagTypeRule(), TelemetryProfileRule(), VirtualDNSRecordRule(), VirtualDNSRule(), VirtualMachineInterfaceRule(),
            VirtualNetworkRule(), VirtualPortGroupRule(),
        ] + ProfileRule.all
}
