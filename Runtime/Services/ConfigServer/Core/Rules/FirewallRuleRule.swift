// firewall-rule: its ends are named in words, and agents work with references and numbers. The words count; the rest follows from them.

import ConfigurationModel
import NetworkTypes

struct FirewallRuleRule: Rule {
    let type = "firewall-rule"

    private static let ends = ["endpoint_1", "endpoint_2"]
    private static let service = "service"
    private static let matchTags = "match_tags"
    private static let matchTypes = "match_tag_types"
    /// Where a rule does not say which tags must be equal at both ends, the application must.
    private static let standardMatch = ["application"]
    private static let globalPrefix = "global:"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try SecurityObjects.check(object, replacing: before, in: draft)
        try checkGivenReferences(object, replacing: before, in: draft)
        try checkAction(object, in: draft)
        try completeService(&object, in: draft)
        try completeMatch(&object, replacing: before, in: draft)
        var tags: [Identity] = []
        var groups: [Identity] = []
        for key in Self.ends { try completeEnd(key, &object, &tags, &groups, in: draft) }
        try replace("tag", with: tags, in: &object, &draft)
        try replace("address-group", with: groups, in: &object, &draft)
    }

    // MARK: Ends

    /// References that follow from the ends cannot be given beside them.
    private func checkGivenReferences(_ object: ObjectDraft, replacing before: ObjectState?, in draft: Draft) throws(Refusal) {
        for (name, property) in [("tag", "tags"), ("address-group", "address_group")] {
            let stored = before.map { ObjectDraft($0, object.type).targets(name, draft.types) } ?? []
            guard Set(object.targets(name, draft.types).map(\.uuid)) == Set(stored.map(\.uuid)) else {
                throw Refusal(
                    400,
                    "Cannot directly define \(name) references from a Firewall Rule. Use '\(property)' of \(Self.ends.joined(separator: " and "))"
                )
            }
        }
    }

    private func completeEnd(
        _ key: String, _ object: inout ObjectDraft, _ tags: inout [Identity], _ groups: inout [Identity], in draft: Draft
    ) throws(Refusal) {
        guard var end = try object.value(key, as: FirewallRuleEndpointType.self) else { return }
        let kinds = [
            !(end.tags ?? []).isEmpty, !(end.addressGroup ?? "").isEmpty, !(end.virtualNetwork ?? "").isEmpty, end.subnet != nil,
            end.any ?? false,
        ]
        guard kinds.filter({ $0 }).count <= 1 else {
            throw Refusal(
                400,
                "Endpoint is limited to only one endpoint type at a time: \(key) has several of tags, address_group, virtual_network, "
                    + "subnet and any")
        }
        var numbers: [Int] = []
        for name in end.tags ?? [] {
            let (tag, number) = try self.tag(name, key, object, in: draft)
            if !numbers.contains(number) { numbers.append(number) }
            if !tags.contains(where: { $0 === tag }) { tags.append(tag) }
        }
        end.tagIds = end.tags.map { _ in numbers }
        if let name = end.addressGroup, !name.isEmpty {
            guard let type = draft.types.type(named: "address-group"),
                let group = draft.identity(type.number, named: FullyQualifiedName.json(Self.elements(name)))
            else { throw Refusal(404, "No Address Group object found for \(name) (\(key).address_group)") }
            if !groups.contains(where: { $0 === group }) { groups.append(group) }
        }
        object.setValue(key, end)
    }

    private static func elements(_ name: String) -> [String] {
        name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }

    /// `tier=web` is a tag of the rule's own scope, `global:tier=web` one of the whole system.
    private func tag(
        _ name: String, _ key: String, _ object: ObjectDraft, in draft: Draft
    ) throws(Refusal) -> (Identity, number: Int) {
        guard name.utf8.contains(UInt8(ascii: "=")) else {
            throw Refusal(404, "Invalid tag name '\(name)' (\(key).tags): write type=value, or global:type=value")
        }
        let elements: [String]
        if name.hasPrefix(Self.globalPrefix) {
            elements = [String(name.dropFirst(Self.globalPrefix.utf8.count))]
        } else {
            elements = (SecurityObjects.project(of: object.identity, in: draft)?.elements ?? []) + [name]
        }
        guard let type = draft.types.type(named: "tag"),
            let tag = draft.identity(type.number, named: FullyQualifiedName.json(elements)), let state = draft.state(tag.uuid),
            let number = try HexadecimalNumber.parse(ObjectDraft(state, type).value("tag_id"), "tag_id")
        else { throw Refusal(404, "No tag object found for \(elements.joined(separator: ":")) (\(key).tags)") }
        return (tag, Int(number))
    }

    /// Names the successors of drafts at the ends. References that follow from the ends are those of the rule as it was: they follow anew.
    static func rename(_ rule: inout ObjectDraft, _ before: ObjectDraft, in draft: Draft) throws(Refusal) {
        var names: [String: Identity] = [:]
        for reference in rule.references where draft.types[reference.target.type].name == "address-group" {
            names[reference.target.shortName] = reference.target
        }
        for key in ends {
            guard var end = try rule.value(key, as: FirewallRuleEndpointType.self), let name = end.addressGroup, !name.isEmpty else {
                continue
            }
            let elements = Self.elements(name)
            guard elements.dropLast().last == SecurityDrafts.managementName, let group = elements.last.flatMap({ names[$0] }) else {
                continue
            }
            end.addressGroup = group.joinedName
            rule.setValue(key, end)
        }
        func isDerived(_ reference: ObjectReference) -> Bool {
            ["address-group", "tag"].contains(draft.types[reference.target.type].name)
        }
        rule.references = rule.references.filter { !isDerived($0) } + before.references.filter(isDerived)
    }

    private func replace(_ name: String, with targets: [Identity], in object: inout ObjectDraft, _ draft: inout Draft) throws(Refusal) {
        guard let type = draft.types.type(named: name) else { return }
        object.references.removeAll { reference in
            reference.target.type == type.number && !targets.contains { $0 === reference.target }
        }
        for target in targets where !object.references.contains(where: { $0.target === target }) {
            object.references.append(ObjectReference(target: target, data: nil, number: draft.newNumber()))
        }
    }

    // MARK: What passes

    private func checkAction(_ object: ObjectDraft, in draft: Draft) throws(Refusal) {
        guard try object.value("action_list", as: ActionListType.self)?.hostBasedService ?? false else { return }
        guard let project = SecurityObjects.project(of: object.identity, in: draft) else {
            throw Refusal(400, "host-based-service rule action can only be use in a project scope")
        }
        guard let services = draft.types.type(named: "host-based-service"), draft.childCount(of: project, services.number) > 0 else {
            throw Refusal(
                400, "Cannot use Host Based Service firewall rule action: the project \(project.joinedName) has no host-based-service")
        }
    }

    private func completeService(_ object: inout ObjectDraft, in draft: Draft) throws(Refusal) {
        var service = try object.value(Self.service, as: FirewallServiceType.self)
        let hasGroups = !object.targets("service-group", draft.types).isEmpty
        guard service == nil || !hasGroups else {
            throw Refusal(400, "Firewall Rule cannot have both defined 'service' property and Service Group reference(s)")
        }
        guard service != nil || hasGroups else {
            throw Refusal(400, "Firewall Rule requires at least 'service' property or Service Group references(s)")
        }
        try service?.completeProtocol(Self.service)
        object.setValue(Self.service, service)
    }

    private func completeMatch(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: Draft) throws(Refusal) {
        let given = try object.value(Self.matchTags, as: FirewallRuleMatchTagsType.self)
        if given == nil, before != nil, before?.properties[Self.matchTags] == nil { return }
        guard let types = draft.types.type(named: "tag-type") else { return }
        var numbers: [Int] = []
        for name in given.map({ $0.tagList ?? [] }) ?? Self.standardMatch {
            let name = name.lowercased()
            guard name != "label" else { throw Refusal(400, "labels not allowed as match-tags: an object may have several") }
            guard let type = draft.identity(types.number, named: FullyQualifiedName.json([name])), let state = draft.state(type.uuid),
                let number = try HexadecimalNumber.parse(ObjectDraft(state, types).value(TagTypeRule.identifier), TagTypeRule.identifier)
            else { throw Refusal(404, "No tag-type object found for \(name) (\(Self.matchTags).tag_list)") }
            numbers.append(Int(number))
        }
        object.setValue(Self.matchTypes, FirewallRuleMatchTagsTypeIdList(tagType: numbers))
    }
}

extension FirewallServiceType {
    /// Sets the number of the protocol from its name; `any` is 0.
    mutating func completeProtocol(_ place: String) throws(Refusal) {
        guard let name = self.protocol, !name.isEmpty else { return }
        if name.lowercased() == "any" {
            protocolId = 0
        } else if let number = IPProtocolNames.number(name) {
            protocolId = Int(number)
        } else {
            throw Refusal(400, "Invalid protocol: \(name); \(place).protocol must be any, a name such as tcp, or a number from 0 to 255")
        }
    }
}
