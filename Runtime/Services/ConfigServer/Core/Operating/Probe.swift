// Addresses for those who run the server and do not configure with it: whether it lives, whether it answers, what it counts.

public enum Probe: String, CaseIterable, Sendable {
    /// The process runs and its event loops turn.
    case alive = "healthz"
    /// Requests are answered: the data have been read.
    case ready = "readyz"
    case metrics = "metrics"

    /// nil for any other request.
    public init?(_ request: Request) {
        guard request.method == .get, request.target.segments.count == 1 else { return nil }
        self.init(rawValue: request.target.segments[0])
    }

    /// - Parameter trouble: why changes are not taken or seen at the moment; reads go on with what was last known.
    public func reply(_ metrics: @autoclosure () -> Metrics, isReady: Bool, trouble: String? = nil) -> Reply {
        switch self {
        case .alive: Reply(200, .text, body: Array("ok\n".utf8))
        case .ready:
            if !isReady {
                Refusal(503, "Api server is Initializing:DB Resync in progress").reply
            } else if let trouble {
                Refusal(503, "The store is out of reach: changes are refused, and reads show what was last known. \(trouble)").reply
            } else {
                Reply(200, .text, body: Array("ok\n".utf8))
            }
        case .metrics: metrics().reply
        }
    }
}
