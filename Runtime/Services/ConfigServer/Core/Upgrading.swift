// Objects that an older version of this server made: they are given what the rules of their types would give them now. Looking costs a scan
// of the types whose rules have anything to give.

import NetworkTypes

extension ConfigurationService {
    /// What an object lacks and can have without a refusal. One whose data do not suit the rules of today is left as it is: `/db-check`
    /// tells of it.
    func upgrade(_ draft: inout Draft) {
        for type in types.entries {
            guard let rule = rules[type.number], rule.completesOlderObjects else { continue }
            var identities: [Identity] = []
            draft.image.forEachObject(of: type.number) { identity in
                identities.append(identity)
                return true
            }
            for identity in identities {
                guard let state = draft.state(identity.uuid) else { continue }
                // An attempt that is refused halfway leaves nothing behind.
                var attempt = draft
                do { try rule.completeOlder(ObjectDraft(state, type), in: &attempt) } catch { continue }
                draft = attempt
            }
        }
    }
}
