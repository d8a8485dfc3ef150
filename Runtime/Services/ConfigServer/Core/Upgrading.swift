// Objects that an older version of this server made: they are given what the rules of their types would give them now. Looking is a
// glance at every object of these types, as there may be a million.

import NetworkTypes

extension ConfigurationService {
    /// What an object lacks and can have without a refusal. One whose data do not suit the rules of today is left as it is: `/db-check`
    /// tells of it.
    func upgrade(_ draft: inout Draft) {
        var older: [(state: ObjectState, rule: any UpgradingRule)] = []
        for (type, rule) in rules.upgrading {
            var ofType: [ObjectState] = []
            draft.image.forEachObject(of: type) { identity in
                if let state = draft.image.state(identity.uuid), rule.isOlder(state, in: draft) { ofType.append(state) }
                return true
            }
            older += ofType.sorted { $0.identity.number < $1.identity.number }.map { ($0, rule) }
        }
        for (stored, rule) in older {
            guard let state = draft.state(stored.identity.uuid) else { continue }
            // An attempt that is refused halfway leaves nothing behind.
            var attempt = draft
            do { try rule.completeOlder(ObjectDraft(state, types[state.identity.type]), in: &attempt) } catch { continue }
            draft = attempt
        }
    }
}
