// How a server finds out who its callers are, as whoever starts it chooses.

import ConfigServerCore
import Logging

/// How callers prove who they are.
public enum Authentication: Sendable, Equatable {
    /// Not at all.
    case none
    /// With a password that the server itself knows the hash of, in a file of users. A token that it gets is good for so many seconds.
    case users(file: String, tokenLifetime: Int64 = 3600)
    /// With a token of Keystone's.
    case keystone(KeystoneAddress)

    func authenticator(_ service: ConfigurationService, _ logger: Logger) throws -> (any Authenticator)? {
        switch self {
        case .none: nil
        case .keystone(let address): KeystoneAuthenticator(address)
        case .users(let file, let lifetime): try UserAuthenticator(file, tokenLifetime: lifetime, service, logger)
        }
    }
}
