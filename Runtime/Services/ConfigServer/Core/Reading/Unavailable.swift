// Actions of the older platform that lead to parts which this one does not have, or has elsewhere: what a request is told.

import Coding
import NetworkTypes

enum Unavailable {
    /// Says that an action is not there, and what to do instead.
    static func refusal(_ action: Action) -> Refusal {
        let advice =
            switch action {
            case .abortJob: "there is no job runner, so no job is running"
            case .publishMessage, .requestMessage: "there is no message bus; changes are told at GET /watch"
            case .fetchRecords:
                "records are not for clients; lists with detail=true have all objects, and `tungsten db export` writes them to a file"
            case .startProfile, .stopProfile: "profile the process from outside, with `perf record -p`; counters are at GET /metrics"
            case .hostBasedServices:
                "manifests for host-based services are not made here; read the host-based-service and its networks instead"
            default: "it is not part of this server"
            }
        return Refusal(501, "Not implemented: /\(action.rawValue): \(advice)")
    }

    /// `POST /execute-job`: a request that is wrong anyway is told so first.
    static func job(_ body: JSONValue, _ image: Image, _ types: TypeTable) throws(Refusal) -> Refusal {
        guard let type = types.type(named: "job-template") else { return refusal(.executeJob) }
        let template: Identity?
        if let text = body["job_template_id"]?.string {
            template = UUIDValue(anySpelling: text).flatMap { image.state($0)?.identity }.flatMap { $0.type == type.number ? $0 : nil }
        } else if case .array(let name)? = body["job_template_fq_name"] {
            template = image.identity(type.number, named: FullyQualifiedName.json(name.compactMap(\.string)))
        } else {
            throw Refusal(400, "Bad Request, job_template_id or job_template_fq_name required in request")
        }
        guard let template else {
            throw Refusal(404, "No job-template object found for the job_template_id or job_template_fq_name of the request")
        }
        return Refusal(
            501,
            "Not implemented: /execute-job: there is no job runner, so \(template.joinedName) cannot be executed; run its playbooks yourself"
        )
    }
}
