// Objects that an older version of this server made: they are given what the rules of their types would give them now. Looking is a
// glance at every object, as there may be a million.

import NetworkTypes

extension ConfigurationService {
    /// What an object lacks and can have without a refusal. One whose data do not suit the rules of today is left as it is: `/db-check`
    /// tells of it.
    func upgrade(_ draft: inout Draft) {
        var older: [ObjectState] = []
        draft.image.objects.forEach { entry in
            if let rule = rules[entry.state.identity.type], rule.isOlder(entry.state, in: draft) { older.append(entry.state) }
            return true
        }
        for stored in older.sorted(by: { ($0.identity.type, $0.identity.number) < ($1.identity.type, $1.identity.number) }) {
            guard let rule = rules[stored.identity.type], let state = draft.state(stored.identity.uuid) else { continue }
            // An attempt that is refused halfway leaves nothing behind.
            var attempt = draft
            do { try rule.completeOlder(ObjectDraft(state, types[state.identity.type]), in: &attempt) } catch { continue }
            draft = attempt
        }
    }
}
