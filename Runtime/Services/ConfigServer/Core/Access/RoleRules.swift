// Which calls a role may make: the rules of the access lists (api-access-list) of the whole system, of the caller's domain and of the
// caller's project together. The most specific rule decides: one for the field, else one for the kind of object, else one for everything.

import Coding
import ConfigurationModel
import NetworkTypes

struct RoleRules {
    private struct Key: Hashable {
        let object: String
        /// `*` for a rule without a field.
        let field: String
    }

    /// Letters of C, R, U and D by role.
    private var rules: [Key: [String: Set<Character>]] = [:]

    /// Adds the rules of all access lists below an object. Rules for the same thing add up.
    mutating func add(below owner: Identity, _ image: Image, _ listType: TypeNumber) {
        image.forEachRelative(of: owner, .children(listType)) { list in
            if let text = image.state(list.uuid)?.properties["api_access_list_entries"] { add(Array(text)) }
            return true
        }
    }

    private mutating func add(_ text: [UInt8]) {
        let entries: RbacRuleEntriesType
        // What is stored was read before; a list that is damaged grants nothing.
        do { entries = try RbacRuleEntriesType(json: text) } catch { return }
        for rule in entries.rbacRule ?? [] {
            let field = rule.ruleField ?? ""
            let key = Key(object: rule.ruleObject ?? "", field: field.isEmpty ? "*" : field)
            for permission in rule.rulePerms ?? [] {
                rules[key, default: [:]][permission.roleName ?? "", default: []].formUnion(permission.roleCrud ?? "")
            }
        }
    }

    /// Whether one of the roles may do this.
    ///
    /// - Parameters:
    ///   - letter: one of C, R, U and D.
    ///   - object: a type, or the first part of the path of an action.
    ///   - members: what the body of the request sets.
    func permit(_ letter: Character, on object: String, members: [String], roles: [String]) -> Bool {
        var rest = members.count
        for member in members {
            guard let granted = rules[Key(object: object, field: member)] else { continue }
            guard Self.includes(letter, granted, roles) else { return false }
            rest -= 1
        }
        // Every member had a rule of its own, and was allowed by it.
        if !members.isEmpty, rest == 0 { return true }
        guard let granted = rules[Key(object: object, field: "*")] ?? rules[Key(object: "*", field: "*")] else { return false }
        return Self.includes(letter, granted, roles)
    }

    private static func includes(_ letter: Character, _ granted: [String: Set<Character>], _ roles: [String]) -> Bool {
        (roles + ["*"]).contains { granted[$0]?.contains(letter) ?? false }
    }
}
