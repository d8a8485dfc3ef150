// What every command about objects takes, and how its failures become exit statuses.

import ArgumentParser
import ConfigurationDictionary
import ConfigurationREST
import NIOCore
import ObjectCommands

struct ObjectOptions: ParsableArguments {
    @OptionGroup var api: APIOptions

    static let schema = ObjectSchema(ConfigurationResources.catalogue, ConfigurationDictionary.dictionary)
    var schema: ObjectSchema { Self.schema }

    /// The server, logged in to when that is asked for.
    ///
    /// - Parameters:
    ///   - patience: how long an answer may take.
    ///   - asks: whether somebody at the terminal may be asked for a password.
    func access(patience: TimeAmount = .seconds(60), asks: Bool = true) throws(CommandError) -> ObjectAccess {
        let settings = try api.settings()
        return ObjectAccess(try settings.transport(patience: patience, asks: asks), schema, project: settings.projectName)
    }

    /// Does the work of a command; what fails is said on standard error, and the exit status tells its kind.
    func run(_ body: (ObjectAccess) async throws -> Void) async throws {
        do {
            try await body(try access())
        } catch let error as CommandError {
            Output.complain(error.message)
            throw ExitCode(error.kind.rawValue)
        }
    }
}

/// Said in the help of each command that can fail in several ways.
let exitStatuses = """
    Exit status: 0 done; 1 refused or wrong; 3 no such object; 4 name taken, in use, or changed by somebody else meanwhile; 5 not logged in or not \
    allowed; 6 no server answers; 64 wrong usage.
    """
