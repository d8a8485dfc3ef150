// Carries the typed client's requests over HTTP with the platform's own URLSession. Relies on Foundation; promises one request, one
// reply, no retries of its own.

import Client
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A configuration server at an address.
public struct HTTPTransport: ClientTransport {
    private let base: String
    private let session: URLSession

    /// - Parameter address: `http://127.0.0.1:8082`, without a path.
    public init(address: String) {
        base = address.hasSuffix("/") ? String(address.dropLast()) : address
        session = URLSession(configuration: .ephemeral)
    }

    public func send(_ request: ClientRequest) async throws(ClientError) -> ClientReply {
        guard let url = URL(string: base + request.path) else {
            throw ClientError(.unreachable, "\(base + request.path) is not an address; write http://HOST:PORT")
        }
        var message = URLRequest(url: url)
        message.httpMethod = request.method.rawValue
        if !request.body.isEmpty {
            message.httpBody = Data(request.body)
            message.setValue("application/json; charset=UTF-8", forHTTPHeaderField: "Content-Type")
        }
        do {
            let (data, response) = try await session.data(for: message)
            return ClientReply(status: (response as? HTTPURLResponse)?.statusCode ?? 0, body: [UInt8](data))
        } catch {
            throw ClientError(.unreachable, "\(base) does not answer: \(error.localizedDescription)")
        }
    }
}
