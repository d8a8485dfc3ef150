// alarm: conditions that compare an attribute with another one or with a value.

import Coding
import ConfigurationModel

struct AlarmRule: Rule {
    let type = "alarm"

    private static let rules = "alarm_rules"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        guard let rules = try object.value(Self.rules, as: AlarmOrList.self) else {
            throw Refusal(400, before == nil ? "alarm_rules not specified or null" : "alarm_rules cannot be removed")
        }
        for (outer, list) in (rules.orList ?? []).enumerated() {
            for (inner, condition) in (list.andList ?? []).enumerated() {
                try check(condition, "\(Self.rules).or_list[\(outer)].and_list[\(inner)]")
            }
        }
    }

    private func check(_ condition: AlarmExpression, _ place: String) throws(Refusal) {
        let attribute = condition.operand2?.uveAttribute
        let value = condition.operand2?.jsonValue
        guard attribute == nil || value == nil else {
            throw Refusal(400, "operand2 should have either 'uve_attribute' or 'json_value', not both (\(place))")
        }
        guard attribute != nil || value != nil else {
            throw Refusal(400, "operand2 should have 'uve_attribute' or 'json_value' (\(place))")
        }
        let isRange = condition.operation == .range
        guard let value else {
            guard !isRange else { throw Refusal(400, "json_value not specified for 'range' operation (\(place))") }
            return
        }
        let parsed: JSONValue
        do { parsed = try JSONValue(parsing: value.utf8) } catch {
            throw Refusal(400, "Invalid json_value '\(value)' specified in alarm_rules: it is not JSON (\(place))")
        }
        guard isRange else { return }
        let bounds = parsed.elements.compactMap { element in
            if case .number(let text) = element { Double(text) } else { nil }
        }
        guard bounds.count == 2, parsed.elements.count == 2, bounds[0] < bounds[1] else {
            throw Refusal(
                400, "Invalid json_value \(value) for 'range' operation. json_value should be specified as '[x, y]', where x < y (\(place))"
            )
        }
    }
}
